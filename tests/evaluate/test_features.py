import os
import unittest
from pathlib import Path

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import numpy_helper

from features import LAYERS, NETWORK, Network, network_input, widened
from samples import clouds

DATA = Path(os.environ.get("BRUSHWORK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def convolution(values, weight, bias, stride=1, padding=0):
    """``[C, H, W]`` by the definition, with ReLU."""
    padded = np.pad(values, ((0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))[:, ::stride, ::stride]
    return np.maximum(np.einsum("chwij,ocij->ohw", windows, weight, optimize=True) + bias[:, None, None], 0)


def fire(values, weights, name):
    def layer(part, source, padding):
        return convolution(source, weights[f"{name}/{part}_w_0"], weights[f"{name}/{part}_b_0"], 1, padding)

    squeezed = layer("squeeze1x1", values, 0)
    return np.concatenate([layer("expand1x1", squeezed, 0), layer("expand3x3", squeezed, 1)])


class Input(unittest.TestCase):
    def test_blue_comes_first_and_the_mean_is_nothing(self):
        picture = np.full((2, 4, 3), (104, 117, 123), np.uint8)
        picture[0, 0] = (255, 117, 123)
        found = network_input(picture)
        self.assertEqual((found.shape, float(found[0, 0, 0, 0])), ((1, 3, 2, 4), 151))
        self.assertEqual(np.count_nonzero(found), 1)


@unittest.skipUnless((DATA / NETWORK).exists(), f"no {NETWORK} in {DATA}")
class Features(unittest.TestCase):
    def test_opencv_computes_what_the_file_says(self):
        picture = clouds(96, 64, 1)
        maps = Network(DATA).maps(picture)
        self.assertEqual(list(maps), list(LAYERS))
        weights = {w.name: numpy_helper.to_array(w) for w in widened(onnx.load(str(DATA / NETWORK))).graph.initializer}
        expected = convolution(network_input(picture)[0], weights["conv1_w_0"], weights["conv1_b_0"], 2)
        np.testing.assert_allclose(maps["conv1"], expected, atol=1e-2)
        pooled = sliding_window_view(expected, (3, 3), axis=(1, 2))[:, ::2, ::2].max((3, 4))
        expected = fire(fire(pooled, weights, "fire2"), weights, "fire3")
        np.testing.assert_allclose(maps["fire3"], expected, atol=1e-2)
