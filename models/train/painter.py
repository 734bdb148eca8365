"""What is trained, saved and shipped together: the generator, the style encoder and the codes of the built-in styles."""
from __future__ import annotations

from pathlib import Path
from typing import List

import torch
from torch import Tensor, nn

from encoder import StyleEncoder
from generator import Generator, GeneratorConfig
from quantize import set_quantization


class Painter(nn.Module):
    """Photo ``[N, 3, H, W]`` and style vectors ``[N, V]`` to paintings; see ``generator`` and ``encoder``."""

    def __init__(self, config: GeneratorConfig, styles: List[str]):
        super().__init__()
        self.styles = list(styles)
        self.generator = Generator(config)
        self.encoder = StyleEncoder(self.generator.plain_style())
        code = self.encoder.head.in_features
        self.codes = nn.Parameter(torch.randn(len(styles), code))

    def style(self, numbers: Tensor) -> Tensor:
        """Style vectors ``[N, V]`` of built-in styles by number ``[N]``."""
        return self.encoder.vectors(self.codes[numbers])

    def encode(self, pictures: Tensor) -> Tensor:
        """Style vectors ``[N, V]`` of any pictures ``[N, 3, h, w]``."""
        return self.encoder.vectors(self.encoder.features(pictures))

    def forward(self, photo: Tensor, vector: Tensor) -> Tensor:
        return self.generator(photo, vector)


def load_painter(path: Path) -> Painter:
    """The painter of a checkpoint, on the CPU, with quantization as it was when saved."""
    saved = torch.load(path, map_location="cpu")
    painter = Painter(GeneratorConfig(**saved["config"]), saved["styles"])
    painter.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in saved["painter"].items()})
    set_quantization(painter, saved["quantized"])
    return painter.eval()
