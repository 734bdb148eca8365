"""Fake quantization for training, calibration of activation ranges, and channel equalization.

Scheme (the one of the exported file): weights int8, symmetric in [-127, 127], one scale per output channel;
activations int8 in [-128, 127], one scale and zero point per tensor.
"""
from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Tuple

import torch
from torch import Tensor, nn

INT8_MIN, INT8_MAX = -128, 127


def weight_scale(weight: Tensor) -> Tensor:
    """Scale per output channel ``[out]`` of a convolution weight ``[out, in, kh, kw]``."""
    return weight.detach().abs().flatten(1).amax(1).clamp(min=1e-8) / 127


def quantize_weight(weight: Tensor) -> Tensor:
    """The weight ``[out, in, kh, kw]`` rounded to its int8 grid; gradients pass straight through."""
    scale = weight_scale(weight)
    zero = torch.zeros_like(scale, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -127, 127)


class ActivationQuantizer(nn.Module):
    """Rounds a tensor of any shape to an int8 grid when enabled; otherwise the identity (and, when asked, a recorder).

    ``straight_through`` lets gradients pass where the value was clipped as well (for the clamped output).
    """

    def __init__(self, scale: float = 0.0, zero_point: int = 0, straight_through: bool = False):
        super().__init__()
        self.fixed = scale > 0
        self.straight_through = straight_through
        self.enabled = False
        self.samples: List[Tensor] = []
        self.recording = False
        self.register_buffer("scale", torch.tensor(scale or 1.0, dtype=torch.float32))
        self.register_buffer("zero_point", torch.tensor(zero_point, dtype=torch.int32))

    def forward(self, x: Tensor) -> Tensor:
        if self.recording:
            flat = x.detach().flatten()
            stride = max(1, flat.numel() // 20000)
            self.samples.append(torch.cat([flat[::stride], flat.min()[None], flat.max()[None]]))
        if not self.enabled:
            return x
        q = torch.fake_quantize_per_tensor_affine(x, self.scale, self.zero_point, INT8_MIN, INT8_MAX)
        return x + (q - x).detach() if self.straight_through else q

    @torch.no_grad()
    def fit(self, keep: float = 0.0) -> None:
        """Sets scale and zero point to the range of least squared rounding error over the recorded samples.

        ``keep`` blends with the previous range (a moving average): 0 forgets it.
        """
        values = torch.cat(self.samples)
        self.samples = []
        low, high = min(values.min().item(), 0.0), max(values.max().item(), 1e-6)
        best, best_low, best_high = float("inf"), low, high
        for step in range(14):
            shrink = 1.0 - 0.05 * step
            a, b = low * shrink, high * shrink
            scale = (b - a) / 255
            error = ((values / scale).round().mul(scale).clamp(a, b) - values).square().mean().item()
            if error < best:
                best, best_low, best_high = error, a, b
        if keep > 0:
            old_scale = self.scale.item()
            old_low = (INT8_MIN - self.zero_point.item()) * old_scale
            best_low = keep * old_low + (1 - keep) * best_low
            best_high = keep * (old_low + 255 * old_scale) + (1 - keep) * best_high
        scale = (best_high - best_low) / 255
        self.scale.fill_(scale)
        self.zero_point.fill_(int(max(INT8_MIN, min(INT8_MAX, round(INT8_MIN - best_low / scale)))))


def quantizers(model: nn.Module) -> Dict[str, ActivationQuantizer]:
    return {name: m for name, m in model.named_modules() if isinstance(m, ActivationQuantizer)}


def set_quantization(model: nn.Module, enabled: bool) -> None:
    """Turns fake quantization of weights and activations on or off."""
    for module in model.modules():
        if isinstance(module, ActivationQuantizer):
            module.enabled = enabled
        if hasattr(module, "quantize_weights"):
            module.quantize_weights = enabled


@torch.no_grad()
def calibrate(model: nn.Module, samples: Iterable[Tuple[Tensor, Tensor]], keep: float = 0.0) -> None:
    """Fits all activation ranges on samples: whole photos ``[1, 3, H, W]``, each with a style vector ``[1, V]``."""
    active = [q for q in quantizers(model).values() if not q.fixed]
    for q in active:
        q.recording = True
    for photo, vector in samples:
        model(photo, vector)
    for q in active:
        q.recording = False
        q.fit(keep)


@torch.no_grad()
def equalize(model: nn.Module, samples: Iterable[Tuple[Tensor, Tensor]]) -> None:
    """Gives all output channels of each convolution before an instance normalization mean 0 and spread 1.

    Instance normalization undoes a channel's scale and offset, so the painting stays the same (up to its epsilon),
    while a quantizer shared by all channels then loses little on any of them.
    """
    layers = [m for m in model.modules() if getattr(m, "norm", False)]
    sums: Dict[int, List[Tensor]] = {}
    hooks: List[Callable] = []

    def hook(index: int):
        def record(_module, _inputs, output: Tensor) -> None:
            var, mean = torch.var_mean(output, dim=(2, 3), unbiased=False)
            sums.setdefault(index, []).append(torch.stack([mean[0], var[0]]))
        return record

    for i, layer in enumerate(layers):
        hooks.append(layer.conv_quantizer.register_forward_hook(hook(i)))
    for photo, vector in samples:
        model(photo, vector)
    for handle in hooks:
        handle.remove()
    for i, layer in enumerate(layers):
        mean, var = torch.stack(sums[i]).mean(0)
        std = var.clamp(min=1e-10).sqrt()
        layer.weight.div_(std[:, None, None, None])
        layer.bias.copy_((layer.bias - mean) / std)
