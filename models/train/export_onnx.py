"""Writes a checkpoint's generator as ONNX: int8 (QuantizeLinear/DequantizeLinear) and its float twin; and its encoder.

``python3 export_onnx.py <checkpoint> --int8 painter.onnx --float twin.onnx --encoder encoder.onnx``. The float twin has
the same weights without any rounding and ends in a Clip; in the int8 file the last quantizer (scale 1/255, zero point
-128) is the clamp. Scales and shifts of the normalizations in the files are those of one built-in style.
"""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from encoder import ENCODER_SIDE, StyleEncoder
from generator import EPSILON, Block, ConvLayer, Generator, StyleReader
from painter import Painter, load_painter
from quantize import ActivationQuantizer, calibrate, equalize, quantize_weight, set_quantization, weight_scale
from train import calibration_samples

OPSET = 17


class Writer:
    """Collects nodes and constants; each method takes and returns value names."""

    def __init__(self, quantized: bool, vector: torch.Tensor = torch.zeros(1, 0)):
        """``vector``: the style vector ``[1, V]`` that the file has as its own."""
        self.quantized = quantized
        self.style = StyleReader(vector)
        self.nodes: List[onnx.NodeProto] = []
        self.constants: List[onnx.TensorProto] = []
        self.scales = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        if all(c.name != name for c in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: List[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def quantize(self, value: str, quantizer: ActivationQuantizer, output: str = "") -> str:
        """QuantizeLinear and DequantizeLinear behind ``value``; nothing in the float twin.

        ``output`` names the result when it is the model's.
        """
        if not self.quantized:
            return value
        scale = self.constant(value + "/scale", np.float32(quantizer.scale.item()))
        zero = self.constant(value + "/zero_point", np.int8(quantizer.zero_point.item()))
        q = self.node("QuantizeLinear", [value, scale, zero], value + "/q")
        dq = self.node("DequantizeLinear", [q, scale, zero], output or value + "/dq")
        self.scales[dq] = quantizer.scale.item()
        return dq

    def move(self, kind: str, inputs: List[str], output: str, **attributes) -> str:
        """An operator that only moves data: it keeps the quantization of its input."""
        self.node(kind, inputs, output, **attributes)
        if inputs[0] in self.scales:
            self.scales[output] = self.scales[inputs[0]]
        return output

    def upsample(self, name: str, value: str) -> str:
        scales = self.constant("upsample/scales", np.array([1, 1, 2, 2], np.float32))
        return self.move("Resize", [value, "", scales], name, mode="nearest", nearest_mode="floor",
                         coordinate_transformation_mode="asymmetric")

    def int8_weight(self, name: str, weight: torch.Tensor) -> Tuple[str, torch.Tensor]:
        """A weight ``[out, in, kh, kw]`` stored as int8, and its scales ``[out]``."""
        scale = weight_scale(weight)
        q = (quantize_weight(weight) / scale[:, None, None, None]).round()
        value = self.node("DequantizeLinear", [
            self.constant(name + "/weight/q", q.numpy().astype(np.int8)),
            self.constant(name + "/weight/scale", scale.numpy()),
            self.constant(name + "/weight/zero_point", np.zeros(len(scale), np.int8))], name + "/weight", axis=0)
        return value, scale

    def convolution(self, name: str, layer: ConvLayer, value: str, output: str = "") -> str:
        """Reflect padding, convolution, and where the layer has them instance normalization and ReLU."""
        pads = self.constant("pads", np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64))
        padded = self.move("Pad", [value, pads], name + "/pad", mode="reflect")
        weight, bias = layer.weight.detach(), layer.bias.detach()
        if self.quantized:
            w, scale = self.int8_weight(name, weight)
            bias_scale = scale.double() * self.scales[padded]
            b = self.node("DequantizeLinear", [
                self.constant(name + "/bias/q", (bias.double() / bias_scale).round().numpy().astype(np.int32)),
                self.constant(name + "/bias/scale", bias_scale.numpy().astype(np.float32)),
                self.constant(name + "/bias/zero_point", np.zeros(len(scale), np.int32))], name + "/bias", axis=0)
        else:
            w, b = self.constant(name + "/weight", weight.numpy()), self.constant(name + "/bias", bias.numpy())
        y = self.node("Conv", [padded, w, b], name + "/conv", kernel_shape=[3, 3], strides=[layer.stride] * 2)
        y = self.quantize(y, layer.conv_quantizer, output)
        if not layer.norm:
            return y
        gamma, beta = (value[0].numpy() for value in self.style.take(layer.out_channels))
        gamma, beta = self.constant(name + "/gamma", gamma), self.constant(name + "/beta", beta)
        y = self.node("InstanceNormalization", [y, gamma, beta], name + "/norm", epsilon=EPSILON)
        if layer.relu:
            y = self.node("Relu", [y], name + "/relu")
        return self.quantize(y, layer.norm_quantizer)

    def block(self, name: str, block: Block, value: str) -> str:
        """A residual block; its sum is quantized."""
        z = self.convolution(f"{name}/first", block.first, value)
        z = self.convolution(f"{name}/second", block.second, z)
        return self.quantize(self.node("Add", [value, z], f"{name}/sum"), block.sum_quantizer)


def check(writer: Writer, inputs: list, outputs: list, metadata: Optional[dict]) -> onnx.ModelProto:
    """The collected nodes as a checked model."""
    graph = helper.make_graph(writer.nodes, "brushwork", inputs, outputs, writer.constants)
    result = helper.make_model(graph, producer_name="brushwork", opset_imports=[helper.make_opsetid("", OPSET)])
    result.ir_version = 8
    helper.set_model_props(result, metadata or {})
    onnx.checker.check_model(result, full_check=True)
    return result


def to_onnx(model: Generator, vector: torch.Tensor, quantized: bool, metadata: Optional[dict] = None) -> onnx.ModelProto:
    """The generator with the style vector ``[1, V]``; input and output ``[1, 3, height, width]`` RGB in [0, 1]."""
    w = Writer(quantized, vector)
    y = w.quantize("input", model.input_quantizer)
    y = w.move("SpaceToDepth", [y], "unshuffle", blocksize=2)
    y = w.convolution("stem", model.stem, y)
    y = skip = w.convolution("down", model.down, y)
    y = w.convolution("deep", model.deep, y)
    for i, block in enumerate(model.blocks):
        y = w.block(f"block{i}", block, y)
    y = w.convolution("rise", model.rise, w.upsample("upsample0", y))
    y = w.quantize(w.node("Add", [y, skip], "rise/sum"), model.skip_quantizer)
    for i, block in enumerate(model.brushes):
        y = w.block(f"brush{i}", block, y)
    y = w.convolution("up", model.up, w.upsample("upsample1", y))
    y = w.convolution("last", model.last, w.upsample("upsample2", y), "output")
    if not quantized:
        limits = [w.constant("zero", np.float32(0)), w.constant("one", np.float32(1))]
        w.node("Clip", [y] + limits, "output")
    shape = [1, 3, "height", "width"]
    return check(w, [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
                 [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)], metadata)


def encoder_to_onnx(model: StyleEncoder, metadata: Optional[dict] = None) -> onnx.ModelProto:
    """The style encoder: ``[1, 3, height, width]`` RGB in [0, 1] to ``[1, V, height/16, width/16]``, whose mean over all
    positions is the style vector. Weights are stored in int8, arithmetic is in float."""
    w = Writer(False)
    y = "input"
    for i, layer in enumerate(model.strided):
        weight, bias = layer.weight.detach(), layer.bias.detach()
        if i == 0:  # the input's own affine map, see StyleEncoder.features
            weight, bias = weight * 4, bias - 2 * weight.sum((1, 2, 3))
        pads = w.constant("pads", np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64))
        y = w.node("Pad", [y, pads], f"strided{i}/pad", mode="reflect")
        y = w.node("Conv", [y, w.int8_weight(f"strided{i}", weight)[0], w.constant(f"strided{i}/bias", bias.numpy())],
                   f"strided{i}", kernel_shape=[3, 3], strides=[2, 2])
        y = w.node("Relu", [y], f"strided{i}/relu")
    head = model.head.weight.detach()[:, :, None, None]
    for name, weight, bias in (("mix", model.mix.weight.detach(), model.mix.bias.detach()),
                               ("style", head, model.head.bias.detach())):
        y = w.node("Conv", [y, w.int8_weight(name, weight)[0], w.constant(name + "/bias", bias.numpy())], name,
                   kernel_shape=[1, 1])
        y = w.node("Relu", [y], "mix/relu") if name == "mix" else y
    return check(w, [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "height", "width"])],
                 [helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, head.shape[0], "rows", "columns"])],
                 {**(metadata or {}), "brushwork.encoder_side": str(ENCODER_SIDE)})


def save(model: onnx.ModelProto, path: Path) -> None:
    """Writes in one step, so that readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(model.SerializeToString())
    temporary.replace(path)
    print(f"{path}: {path.stat().st_size} bytes")


def prepare(checkpoint: Path) -> Painter:
    """The painter of a checkpoint with int8 ranges: its own, or fitted now if it was not trained with them."""
    painter = load_painter(checkpoint)
    if not torch.load(checkpoint, map_location="cpu")["quantized"]:
        print("no quantization-aware training yet: fitting ranges after training")
        equalize(painter, calibration_samples(painter, 84))
        calibrate(painter, calibration_samples(painter, 42))
        set_quantization(painter, True)
    return painter


def main() -> None:
    parser = argparse.ArgumentParser(description="Export a checkpoint as ONNX.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--style", type=int, default=0, help="number of the style that the files have as their own")
    parser.add_argument("--int8", type=Path)
    parser.add_argument("--float", type=Path)
    parser.add_argument("--encoder", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(2)
    painter = prepare(args.checkpoint)
    vector = painter.style(torch.tensor([args.style])).detach()
    if args.float:
        save(to_onnx(painter.generator, vector, False), args.float)
    if args.int8:
        save(to_onnx(painter.generator, vector, True), args.int8)
    if args.encoder:
        save(encoder_to_onnx(painter.encoder), args.encoder)


if __name__ == "__main__":
    main()
