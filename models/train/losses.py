"""Training losses besides the adversarial one: Gram statistics, content, palette, steadiness, range, smoothness."""
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
    """Weights of the generator's losses."""

    style: float = 30.0
    content: float = 1.0
    adversarial: float = 0.2
    steady: float = 1.0
    smooth: float = 0.0
    range: float = 2.0
    palette: float = 10.0


def clamp_straight_through(raw: Tensor) -> Tensor:
    """Clamp to [0, 1] whose gradient is the identity everywhere."""
    return raw + (raw.clamp(0, 1) - raw).detach()


def range_loss(raw: Tensor) -> Tensor:
    """Squared distance of the unclamped painting ``[N, 3, H, W]`` from [0, 1]."""
    return (raw - raw.clamp(0, 1)).square().mean()


def style_loss(maps: Dict[str, Tensor], targets: Dict[str, Tensor]) -> Tensor:
    """Mean over layers of the squared Gram distance, each divided by its target's squared norm.

    ``targets[layer]``: ``[1, C, C]``, the Gram matrix of the style picture.
    """
    terms = []
    for layer in STYLE_LAYERS:
        target = targets[layer]
        terms.append((gram(maps[layer]) - target).square().sum((1, 2)).mean() / target.square().sum())
    return sum(terms) / len(terms)


def content_loss(maps: Dict[str, Tensor], photo: Dict[str, Tensor]) -> Tensor:
    """Squared distance at the content layer, divided by the photo's energy there."""
    target = photo[CONTENT_LAYER]
    return (maps[CONTENT_LAYER] - target).square().mean() / target.square().mean()


def palette_loss(painting: Tensor, style: Tensor, generator: torch.Generator, directions: int = 12) -> Tensor:
    """Sliced Wasserstein distance between the blurred colours of paintings and of style crops ``[N, 3, S, S]``.

    Taken over the whole batch, so that one crop need not hold every colour. Gram matrices alone let rare, vivid
    colours go.
    """
    axes = torch.randn((directions, 3), generator=generator).to(painting.device)
    axes = axes / axes.norm(dim=1, keepdim=True)
    ours, theirs = (F.avg_pool2d(x, 4).transpose(0, 1).flatten(1) for x in (painting, style))
    return ((axes @ ours).sort(1).values - (axes @ theirs).sort(1).values).square().mean()


def smooth_loss(painting: Tensor, photo: Tensor) -> Tensor:
    """Total variation of the painting where the photo is flat (skies, walls)."""
    dx = (painting[..., 1:] - painting[..., :-1]).abs().mean(1)
    dy = (painting[..., 1:, :] - painting[..., :-1, :]).abs().mean(1)
    px = (photo[..., 1:] - photo[..., :-1]).abs().mean(1)
    py = (photo[..., 1:, :] - photo[..., :-1, :]).abs().mean(1)
    return (dx * torch.exp(-px * 20)).mean() + (dy * torch.exp(-py * 20)).mean()


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
        per_picture = [{k: gram(v) for k, v in vgg(p).items() if k in STYLE_LAYERS} for p in pictures]
    return {k: torch.stack([g[k] for g in per_picture]).mean(0) for k in STYLE_LAYERS}
