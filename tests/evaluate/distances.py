"""How far pictures are from each other in style, in content, and in their pixels."""
from __future__ import annotations

from typing import Dict, Sequence, Tuple

import cv2
import numpy as np

from features import Maps
from pictures import Picture, gray

# The layers whose distances are averaged: style at all scales, content where objects begin to show.
STYLE_LAYERS = ("conv1", "fire3", "fire5", "fire7")
CONTENT_LAYERS = ("fire5", "fire7")
# Decibels; of pictures that are the same as well.
HIGHEST_PSNR = 99.0

# Mean and standard deviation ``[C]`` of every channel, for each layer.
Statistics = Dict[str, Tuple[np.ndarray, np.ndarray]]


def statistics(maps: Maps) -> Statistics:
    return {layer: (values.mean((1, 2)), values.std((1, 2))) for layer, values in maps.items()}


def pooled(parts: Sequence[Statistics]) -> Statistics:
    """The statistics of several pictures taken together, each with the same weight."""
    together: Statistics = {}
    for layer in parts[0]:
        means = np.stack([part[layer][0] for part in parts])
        variances = np.stack([part[layer][1] for part in parts]) ** 2
        together[layer] = (means.mean(0), np.sqrt(variances.mean(0) + means.var(0)))
    return together


def style_distance(seen: Statistics, target: Statistics) -> float:
    """0 for the same statistics, about 0.6 for a photo and a painting. Of each layer the distance is divided by the
    length of the target's statistics, so that all layers count alike."""
    layers = []
    for layer in STYLE_LAYERS:
        apart = sum(float(np.sum((a - b) ** 2)) for a, b in zip(seen[layer], target[layer]))
        length = sum(float(np.sum(b ** 2)) for b in target[layer])
        layers.append(np.sqrt(apart / max(length, 1e-12)))
    return float(np.mean(layers))


def content_distance(a: Maps, b: Maps) -> float:
    """0 for the same picture, about 1 for two that have nothing to do with each other: 1 minus the correlation of their
    maps. Means and standard deviations of the channels, which are style, do not matter."""
    return float(np.mean([1 - _correlation(a[layer], b[layer]) for layer in CONTENT_LAYERS]))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Of maps ``[C, h, w]``, the mean over the channels. A channel silent in one of them correlates with nothing; one
    silent in both is left out."""
    a, b = (maps - maps.mean((1, 2), keepdims=True) for maps in (a, b))
    power_a, power_b = (np.sum(maps ** 2, axis=(1, 2)) for maps in (a, b))
    heard = (power_a > 0) | (power_b > 0)
    shared = np.sum(a * b, axis=(1, 2)) / np.maximum(np.sqrt(power_a * power_b), 1e-12)
    return float(np.mean(shared[heard])) if heard.any() else 1.0


def ssim(a: Picture, b: Picture) -> float:
    """Structural similarity of luma with Gaussian windows of 1.5 pixels (Wang et al. 2004); 1 for the same picture."""
    x, y = (gray(picture).astype(np.float64) for picture in (a, b))

    def smooth(values: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(values, (11, 11), 1.5)[5:-5, 5:-5]

    mean_x, mean_y = smooth(x), smooth(y)
    var_x, var_y = smooth(x * x) - mean_x ** 2, smooth(y * y) - mean_y ** 2
    covariance = smooth(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float(np.mean(likeness / ((mean_x ** 2 + mean_y ** 2 + c1) * (var_x + var_y + c2))))


def psnr(a: Picture, b: Picture) -> float:
    """Peak signal to noise ratio in decibels over all three channels."""
    if a.shape != b.shape:
        raise ValueError(f"pictures of {a.shape} and {b.shape}")
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return HIGHEST_PSNR if error == 0 else min(HIGHEST_PSNR, float(10 * np.log10(255 ** 2 / error)))
