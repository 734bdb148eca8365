"""Patch discriminators with small receptive fields: they see strokes, not scenes."""
from __future__ import annotations

from typing import List

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm


class PatchDiscriminator(nn.Module):
    """Two 4x4 stride-2 convolutions and a 3x3 one, spectrally normalized; 18 pixels of receptive field.

    Input ``[N, 3, H, W]`` in [0, 1]; output scores ``[N, 1, H/4, W/4]``.
    """

    def __init__(self, width: int = 32):
        super().__init__()
        self.net = nn.Sequential(
            spectral_norm(nn.Conv2d(3, width, 4, stride=2)), nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, 2 * width, 4, stride=2)), nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(2 * width, 1, 3)))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x * 2 - 1)


class MultiScaleDiscriminator(nn.Module):
    """The same judge at full, half and quarter scale (18, 36 and 72 pixels of the painting)."""

    def __init__(self, scales: int = 3, width: int = 32):
        super().__init__()
        self.judges = nn.ModuleList(PatchDiscriminator(width) for _ in range(scales))

    def forward(self, x: Tensor) -> List[Tensor]:
        scores = []
        for judge in self.judges:
            scores.append(judge(x))
            x = F.avg_pool2d(x, 2)
        return scores


def judge_loss(real: List[Tensor], fake: List[Tensor]) -> Tensor:
    """Hinge loss of the discriminators."""
    return sum(F.relu(1 - r).mean() + F.relu(1 + f).mean() for r, f in zip(real, fake)) / len(real)


def painter_loss(fake: List[Tensor]) -> Tensor:
    """Hinge loss of the generator: raise the scores of its paintings."""
    return -sum(f.mean() for f in fake) / len(fake)
