"""Pictures and a network for the tests, made from seeds: no data is needed."""
from __future__ import annotations

import cv2
import numpy as np

from features import LAYERS, Maps
from pictures import Picture


def clouds(width: int, height: int, seed: int) -> Picture:
    """A smooth random picture with all colours."""
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def noisy(picture: Picture, deviation: float, seed: int = 1) -> Picture:
    noise = np.random.default_rng(seed).normal(0, deviation, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


class ColoursAndEdges:
    """Stands for the network: colours and edges, in half the size for each layer."""

    def maps(self, picture: Picture) -> Maps:
        found, values = {}, picture.astype(np.float32)
        for layer in LAYERS:
            values = cv2.resize(values, (values.shape[1] // 2, values.shape[0] // 2), interpolation=cv2.INTER_AREA)
            edges = [np.abs(cv2.Sobel(values, cv2.CV_32F, dx, dy)) for dx, dy in ((1, 0), (0, 1))]
            found[layer] = np.concatenate([values, *edges], axis=2).transpose(2, 0, 1)
        return found
