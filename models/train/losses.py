"""Training losses besides the adversarial one: Gram statistics, content, palette, steadiness, range, identity.

Each returns one value per sample ``[N]`` where styles weigh differently, else a scalar.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from features import gram

STYLE_LAYERS: Tuple[str, ...] = ("1_1", "2_1", "3_1", "3_2")
CONTENT_LAYER = "3_1"
BORDER = 16


@dataclass(frozen=True)
class LossWeights:
    """Weights of the generator's losses; a style may scale its own style and content terms."""

    style: float = 20.0
    content: float = 1.0
    adversarial: float = 0.2
    steady: float = 0.8
    range: float = 2.0
    palette: float = 60.0
    identity: float = 20.0


def clamp_straight_through(raw: Tensor) -> Tensor:
    """Clamp to [0, 1] whose gradient is the identity everywhere."""
    return raw + (raw.clamp(0, 1) - raw).detach()


def range_loss(raw: Tensor) -> Tensor:
    """Squared distance of the unclamped painting ``[N, 3, H, W]`` from [0, 1]."""
    return (raw - raw.clamp(0, 1)).square().mean()


def grams(maps: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """The Gram matrices ``[N, C, C]`` of the style layers."""
    return {layer: gram(maps[layer]) for layer in STYLE_LAYERS}


def style_loss(maps: Dict[str, Tensor], targets: Dict[str, Tensor], floor: Dict[str, Tensor]) -> Tensor:
    """Mean over layers of the squared Gram distance, each divided by its target's squared norm: ``[N]``.

    ``targets[layer]``: ``[N, C, C]``, the Gram matrices of each sample's style. ``floor[layer]`` ``[N]`` is added to the divisor, lest
    dark or empty pictures weigh without bound.
    """
    terms = []
    for layer in STYLE_LAYERS:
        target = targets[layer]
        distance = (gram(maps[layer]) - target).square().sum((1, 2))
        terms.append(distance / (target.square().sum((1, 2)) + floor[layer]))
    return sum(terms) / len(terms)


def content_loss(maps: Dict[str, Tensor], photo: Dict[str, Tensor]) -> Tensor:
    """Squared distance at the content layer, divided by the photo's energy there: ``[N]``."""
    target = photo[CONTENT_LAYER]
    return (maps[CONTENT_LAYER] - target).square().mean((1, 2, 3)) / target.square().mean((1, 2, 3)).clamp(min=1e-3)


def palette_samples(pictures: List[Tensor], count: int, generator: torch.Generator) -> Tensor:
    """Colours ``[3, count]`` of pictures ``[1, 3, h, w]``, blurred over 4x4 pixels."""
    colors = torch.cat([F.avg_pool2d(p, 4).flatten(2)[0] for p in pictures], 1)
    return colors[:, torch.randint(0, colors.shape[1], (count,), generator=generator).to(colors.device)]


def palette_loss(painting: Tensor, colors: Tensor, generator: torch.Generator, directions: int = 12) -> Tensor:
    """Sliced Wasserstein distance between the blurred colours of paintings ``[N, 3, H, W]`` and a style's ``[N, 3, M]``.

    Gram matrices alone let rare, vivid colours go. Returns ``[N]``.
    """
    axes = torch.randn((directions, 3), generator=generator).to(painting.device)
    axes = axes / axes.norm(dim=1, keepdim=True)
    ours = (axes @ F.avg_pool2d(painting, 4).flatten(2)).sort(2).values
    theirs = (axes @ colors).sort(2).values
    theirs = F.interpolate(theirs, ours.shape[2], mode="linear", align_corners=True)
    return (ours - theirs).square().mean((1, 2))


def disturb(photo: Tensor, generator: torch.Generator, margin: int = 24) -> Tuple[Tensor, int, int]:
    """A slightly re-exposed and noised window of the photo, ``margin`` smaller, and where it starts (any pixel)."""
    y, x = (int(v) for v in torch.randint(0, margin + 1, (2,), generator=generator))
    h, w = photo.shape[2] - margin, photo.shape[3] - margin
    gain = 1 + 0.04 * (torch.rand(1, generator=generator).item() * 2 - 1)
    noise = torch.randn((*photo.shape[:2], h, w), generator=generator).to(photo.device) * 0.006
    return (photo[:, :, y:y + h, x:x + w] * gain + noise).clamp(0, 1), y, x


def steady_loss(painting: Tensor, window: Tensor, y: int, x: int) -> Tensor:
    """Difference between the painting and the painting of a window of the photo.

    Asks for the same strokes whatever the pixel grid, the exposure and the distance to the border. The outer
    ``BORDER`` pixels count more, and there the larger painting is the truth: no frames along the border.
    """
    part = painting[:, :, y:y + window.shape[2], x:x + window.shape[3]]
    inside = torch.zeros_like(window[:1, :1])
    inside[:, :, BORDER:-BORDER, BORDER:-BORDER] = 1
    difference = (part - window).abs() * inside + 6 * (part.detach() - window).abs() * (1 - inside)
    return difference.mean()


def style_targets(vgg: torch.nn.Module, pictures: List[Tensor]) -> Dict[str, Tensor]:
    """Mean Gram matrices ``[1, C, C]`` of style pictures ``[1, 3, h, w]`` (any sizes)."""
    with torch.no_grad():
        per_picture = [grams(vgg(p)) for p in pictures]
    return {k: torch.stack([g[k] for g in per_picture]).mean(0) for k in STYLE_LAYERS}
