"""VGG-19 features up to relu3_2 (average pooling), read from the Keras shards in the data folder."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, Optional

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

_LAYERS = (("1_1", 3, 64), ("1_2", 64, 64), ("2_1", 64, 128), ("2_2", 128, 128), ("3_1", 128, 256), ("3_2", 256, 256))
_MEAN_BGR = (103.939, 116.779, 123.68)


def has_bfloat16() -> bool:
    """Whether convolutions in bfloat16 are fast here (half the time; the losses need no more precision)."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    cpu = Path("/proc/cpuinfo")
    return cpu.exists() and any(flag in cpu.read_text() for flag in ("avx512_bf16", "amx_bf16"))


class Vgg(nn.Module):
    """Frozen VGG-19. Input RGB ``[N, 3, H, W]`` in [0, 1]; output a dictionary of relu maps, e.g. ``"2_1"``
    ``[N, 128, H/2, W/2]``."""

    def __init__(self, folder: Path, bfloat16: Optional[bool] = None):
        super().__init__()
        self.bfloat16 = has_bfloat16() if bfloat16 is None else bfloat16
        self.register_buffer("mean", torch.tensor(_MEAN_BGR).view(1, 3, 1, 1))
        for i, (name, cin, cout) in enumerate(_LAYERS):
            data = np.fromfile(folder / f"group{i + 1}-shard1of1", dtype="<f4")
            weight = data[: 9 * cin * cout].reshape(3, 3, cin, cout).transpose(3, 2, 0, 1)
            self.register_buffer("w" + name, torch.from_numpy(weight.copy()))
            self.register_buffer("b" + name, torch.from_numpy(data[9 * cin * cout:].copy()))

    def forward(self, x: Tensor, last: str = "3_2") -> Dict[str, Tensor]:
        x = x.flip(1) * 255 - self.mean
        if not self.bfloat16:
            return self._maps(x, last)
        with torch.autocast(x.device.type, dtype=torch.bfloat16):
            maps = self._maps(x, last)
        return {name: m.float() for name, m in maps.items()}

    def _maps(self, x: Tensor, last: str) -> Dict[str, Tensor]:
        maps: Dict[str, Tensor] = {}
        for name, _, _ in _LAYERS:
            if name in ("2_1", "3_1"):
                x = F.avg_pool2d(x, 2)
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")  # zeros would teach the generator to paint a frame
            x = F.relu(F.conv2d(x, getattr(self, "w" + name), getattr(self, "b" + name)))
            maps[name] = x
            if name == last:
                break
        return maps


def gram(maps: Tensor) -> Tensor:
    """Gram matrices ``[N, C, C]`` of maps ``[N, C, H, W]``, divided by the number of positions."""
    flat = maps.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]
