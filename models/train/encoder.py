"""The style encoder: any picture to the style vector that makes the painter paint like it.

``[N, 3, h, w]`` in [0, 1] (h and w multiples of 16) through four 3x3 convolutions of stride 2 and two of 1x1; every
position of the result ``[N, V, h/16, w/16]`` votes for a style vector, and the mean over the positions is the style. There
is no normalization in it: a style's own contrast and palette are what it has to tell.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Shorter side, in pixels, at which the engine shows a picture to the encoder.
ENCODER_SIDE = 256


@dataclass(frozen=True)
class EncoderConfig:
    """Channels behind each stride and of the style code."""

    widths: Tuple[int, ...] = (24, 48, 64, 96)
    code: int = 128


class StyleEncoder(nn.Module):
    """``features`` makes codes of pictures, ``vectors`` style vectors of codes; built-in styles are learned codes."""

    def __init__(self, style: Tensor, config: EncoderConfig = EncoderConfig()):
        """``style``: the plain style vector ``[V]`` to start from, whatever the code."""
        super().__init__()
        channels = (3, *config.widths)
        self.strided = nn.ModuleList(nn.Conv2d(a, b, 3, 2) for a, b in zip(channels, channels[1:]))
        self.mix = nn.Conv2d(channels[-1], config.code, 1)
        self.head = nn.Linear(config.code, style.shape[0])
        for layer in (*self.strided, self.mix):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            self.head.weight.zero_()
            self.head.bias.copy_(style)

    def features(self, pictures: Tensor) -> Tensor:
        """Codes ``[N, code]`` of pictures ``[N, 3, h, w]``."""
        x = pictures * 4 - 2
        for layer in self.strided:
            x = F.relu(layer(F.pad(x, (1, 1, 1, 1), mode="reflect")))
        return F.relu(self.mix(x)).mean((2, 3))

    def vectors(self, codes: Tensor) -> Tensor:
        """Style vectors ``[N, V]`` of codes ``[N, code]``."""
        return self.head(codes)
