"""Writes a checkpoint as ONNX: int8 (QuantizeLinear/DequantizeLinear) and its float twin.

``python3 export_onnx.py <checkpoint> --int8 starry-night.onnx --float twin.onnx``. The float twin has the same weights
without any rounding and ends in a Clip; in the int8 file the last quantizer (scale 1/255, zero point -128) is the clamp.
"""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List, Optional

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from generator import EPSILON, ConvLayer, Generator
from quantize import ActivationQuantizer, calibrate, equalize, set_quantization, weight_scale
from train import calibration_photos, load_generator

OPSET = 17


class Writer:
    """Collects nodes and constants; each method takes and returns value names."""

    def __init__(self, quantized: bool):
        self.quantized = quantized
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

    def convolution(self, name: str, layer: ConvLayer, value: str, output: str = "") -> str:
        """Reflect padding, convolution, and where the layer has them instance normalization and ReLU."""
        pads = self.constant("pads", np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64))
        padded = self.move("Pad", [value, pads], name + "/pad", mode="reflect")
        weight, bias = layer.weight.detach(), layer.bias.detach()
        if self.quantized:
            scale = weight_scale(weight)
            q = torch.fake_quantize_per_channel_affine(
                weight, scale, torch.zeros_like(scale, dtype=torch.int32), 0, -127, 127) / scale[:, None, None, None]
            bias_scale = scale.double() * self.scales[padded]
            w = self.node("DequantizeLinear", [
                self.constant(name + "/weight/q", q.round().numpy().astype(np.int8)),
                self.constant(name + "/weight/scale", scale.numpy()),
                self.constant(name + "/weight/zero_point", np.zeros(len(scale), np.int8))], name + "/weight", axis=0)
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
        gamma = self.constant(name + "/gamma", layer.gamma.detach().numpy())
        beta = self.constant(name + "/beta", layer.beta.detach().numpy())
        y = self.node("InstanceNormalization", [y, gamma, beta], name + "/norm", epsilon=EPSILON)
        if layer.relu:
            y = self.node("Relu", [y], name + "/relu")
        return self.quantize(y, layer.norm_quantizer)


def to_onnx(model: Generator, quantized: bool, metadata: Optional[dict] = None) -> onnx.ModelProto:
    """The generator as a checked ONNX model; input and output ``[1, 3, height, width]`` RGB in [0, 1]."""
    w = Writer(quantized)
    y = w.quantize("input", model.input_quantizer)
    y = w.move("SpaceToDepth", [y], "unshuffle", blocksize=2)
    y = w.convolution("stem", model.stem, y)
    y = w.convolution("down", model.down, y)
    for i, block in enumerate(model.blocks):
        z = w.convolution(f"block{i}/first", block.first, y)
        z = w.convolution(f"block{i}/second", block.second, z)
        y = w.quantize(w.node("Add", [y, z], f"block{i}/sum"), block.sum_quantizer)
    y = w.convolution("up", model.up, w.upsample("upsample0", y))
    y = w.convolution("refine", model.refine, y)
    y = w.convolution("last", model.last, w.upsample("upsample1", y), "output")
    if not quantized:
        limits = [w.constant("zero", np.float32(0)), w.constant("one", np.float32(1))]
        w.node("Clip", [y] + limits, "output")
    shape = [1, 3, "height", "width"]
    graph = helper.make_graph(
        w.nodes, "brushwork", [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, shape)], w.constants)
    result = helper.make_model(graph, producer_name="brushwork", opset_imports=[helper.make_opsetid("", OPSET)])
    result.ir_version = 8
    helper.set_model_props(result, metadata or {})
    onnx.checker.check_model(result, full_check=True)
    return result


def save(model: onnx.ModelProto, path: Path) -> None:
    """Writes in one step, so that readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(model.SerializeToString())
    temporary.replace(path)
    print(f"{path}: {path.stat().st_size} bytes")


def prepare(checkpoint: Path) -> Generator:
    """The generator of a checkpoint with int8 ranges: its own, or fitted now if it was not trained with them."""
    model = load_generator(checkpoint)
    if not torch.load(checkpoint, map_location="cpu")["quantized"]:
        print("no quantization-aware training yet: fitting ranges after training")
        equalize(model, calibration_photos(torch.device("cpu"), 48))
        calibrate(model, calibration_photos(torch.device("cpu"), 24))
        set_quantization(model, True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Export a checkpoint as ONNX.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--int8", type=Path)
    parser.add_argument("--float", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(2)
    model = prepare(args.checkpoint)
    if args.float:
        save(to_onnx(model, False), args.float)
    if args.int8:
        save(to_onnx(model, True), args.int8)


if __name__ == "__main__":
    main()
