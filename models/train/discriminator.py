"""Patch discriminators with small receptive fields: they see strokes, not scenes. Conditioned on the style."""
from __future__ import annotations

from typing import List

from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

# Each normalized layer shrinks smooth pictures' features; without a gain the scores stay too small for the hinge.
GAIN = 5.0


class PatchDiscriminator(nn.Module):
    """Two 4x4 stride-2 convolutions and a 3x3 one, spectrally normalized, and a linear score; 18 pixels of receptive field.

    The style enters as a projection (Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018).
    Input ``[N, 3, H, W]`` in [0, 1] and style numbers ``[N]``; output scores ``[N, 1, H/4, W/4]``.
    """

    def __init__(self, styles: int, width: int = 32):
        super().__init__()
        self.features = nn.Sequential(
            spectral_norm(nn.Conv2d(3, width, 4, stride=2)), nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, 2 * width, 4, stride=2)), nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(2 * width, 2 * width, 3)), nn.LeakyReLU(0.2))
        self.score = nn.Conv2d(2 * width, 1, 1)
        self.style = nn.Embedding(styles, 2 * width)
        nn.init.zeros_(self.style.weight)

    def forward(self, x: Tensor, styles: Tensor) -> Tensor:
        x = GAIN * self.features(x * 2 - 1)
        return self.score(x) + (x * self.style(styles)[..., None, None]).sum(1, keepdim=True)


class MultiScaleDiscriminator(nn.Module):
    """The same judge at full, half and quarter scale (18, 36 and 72 pixels of the painting)."""

    def __init__(self, styles: int, scales: int = 3, width: int = 32):
        super().__init__()
        self.judges = nn.ModuleList(PatchDiscriminator(styles, width) for _ in range(scales))

    def forward(self, x: Tensor, styles: Tensor) -> List[Tensor]:
        scores = []
        for judge in self.judges:
            scores.append(judge(x, styles))
            x = F.avg_pool2d(x, 2)
        return scores


def judge_loss(real: List[Tensor], fake: List[Tensor]) -> Tensor:
    """Hinge loss of the discriminators."""
    return sum(F.relu(1 - r).mean() + F.relu(1 + f).mean() for r, f in zip(real, fake)) / len(real)


def painter_loss(fake: List[Tensor]) -> Tensor:
    """Hinge loss of the generator: raise the scores of its paintings."""
    return -sum(f.mean() for f in fake) / len(fake)
