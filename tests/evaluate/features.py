"""SqueezeNet 1.1, trained to name what is in photos: a network that our training does not use."""
from __future__ import annotations

from pathlib import Path
from typing import Dict

import cv2
import numpy as np
import onnx
from onnx import numpy_helper

from pictures import Picture

NETWORK = Path("nets") / "squeezenet1.1_fp16.onnx"
# What it was trained with: bytes, blue first, minus these.
MEAN_BGR = np.array([104, 117, 123], np.float32)
# Channels times strides: 64 at 2, 128 at 4, 256 at 8, 384 at 16.
LAYERS = {"conv1": "conv1_2", "fire3": "fire3/concat_1", "fire5": "fire5/concat_1", "fire7": "fire7/concat_1"}

# One map ``[C, h, w]`` of float for each of LAYERS.
Maps = Dict[str, np.ndarray]


def widened(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with its halves as floats, which is what OpenCV reads."""
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight).astype(np.float32)
        weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    return model


def network_input(picture: Picture) -> np.ndarray:
    """``[1, 3, H, W]`` as the network was trained to see it."""
    return np.ascontiguousarray((picture.astype(np.float32) - MEAN_BGR).transpose(2, 0, 1)[None])


class Network:
    """The convolutions of the network in ``data/nets``."""

    def __init__(self, data: Path):
        model = widened(onnx.load(str(data / NETWORK)))
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
        named = {name.split("!")[-1]: name for name in self._net.getLayerNames()}
        self._outputs = [named[output] for output in LAYERS.values()]

    def maps(self, picture: Picture) -> Maps:
        """What the layers answer to a picture of any size from 32 pixels."""
        self._net.setInput(network_input(picture))
        outputs = self._net.forward(self._outputs)
        return {layer: output[0].copy() for layer, output in zip(LAYERS, outputs)}
