"""The generator: a small residual network that works at a quarter of the picture's resolution.

Data flow for a picture ``[N, 3, H, W]`` in [0, 1] (H and W multiples of 4), with the default configuration::

    space to depth 2       [N, 12, H/2, W/2]
    stem    3x3            [N, 16, H/2, W/2]   instance norm, ReLU
    down    3x3 stride 2   [N, 48, H/4, W/4]   instance norm, ReLU
    blocks  x + IN(3x3(ReLU(IN(3x3(x)))))      [N, 48, H/4, W/4]
    nearest upsampling 2   [N, 48, H/2, W/2]
    up      3x3            [N, 16, H/2, W/2]   instance norm, ReLU
    refine  3x3            [N, 16, H/2, W/2]   instance norm, ReLU
    nearest upsampling 2   [N, 16, H, W]
    last    3x3            [N, 3, H, W]        clamped to [0, 1]

A pixel shuffle at the end would be cheaper still, but paints a two-pixel mesh into flat areas; nearest upsampling
cannot.

Every place where the exported int8 file has a QuantizeLinear/DequantizeLinear pair has a quantizer here
(``quantize.ActivationQuantizer``), which passes values through until quantization-aware training turns it on.
Channel order of the pixel unshuffle is ONNX's (block-major), so weights export as they are.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from quantize import ActivationQuantizer, quantize_weight

EPSILON = 1e-5


@dataclass(frozen=True)
class GeneratorConfig:
    """Widths of the generator: channels at half resolution, at quarter resolution, inside blocks, block count."""

    half: int = 16
    quarter: int = 48
    inner: int = 48
    blocks: int = 2

    def to_dict(self) -> dict:
        return asdict(self)


def space_to_depth(x: Tensor) -> Tensor:
    """``[N, C, H, W]`` to ``[N, 4C, H/2, W/2]``; channel ``(2*dy + dx) * C + c`` as ONNX SpaceToDepth."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, 4 * c, h // 2, w // 2)


def upsample(x: Tensor) -> Tensor:
    """``[N, C, H, W]`` to ``[N, C, 2H, 2W]``, nearest neighbour."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class ConvLayer(nn.Module):
    """Reflect padding, 3x3 convolution, optionally instance normalization (affine) and ReLU, with its quantizers.

    Input ``[N, in, H, W]``, output ``[N, out, H/stride, W/stride]``. With a second tensor (a thumbnail of the whole
    picture, run alongside) the normalization statistics come from that one for both.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, norm: bool = True, relu: bool = True):
        super().__init__()
        self.stride, self.relu, self.norm = stride, relu, norm
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        # Before an instance normalization the bias cancels; it is kept (untrained) to centre the channel for int8.
        self.bias = nn.Parameter(torch.zeros(out_channels), requires_grad=not norm)
        self.quantize_weights = False
        self.conv_quantizer = ActivationQuantizer()
        if norm:
            self.gamma = nn.Parameter(torch.ones(out_channels))
            self.beta = nn.Parameter(torch.zeros(out_channels))
            self.norm_quantizer = ActivationQuantizer()

    def convolve(self, x: Tensor) -> Tensor:
        weight = quantize_weight(self.weight) if self.quantize_weights else self.weight
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return self.conv_quantizer(F.conv2d(x, weight, self.bias, stride=self.stride))

    def normalize(self, x: Tensor, mean: Tensor, var: Tensor) -> Tensor:
        scale = self.gamma[None, :, None, None] * torch.rsqrt(var + EPSILON)
        x = x * scale + (self.beta[None, :, None, None] - mean * scale)
        return self.norm_quantizer(F.relu(x) if self.relu else x)

    def forward(self, x: Tensor, thumb: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        x = self.convolve(x)
        thumb = None if thumb is None else self.convolve(thumb)
        if not self.norm:
            return x, thumb
        source = x if thumb is None else thumb
        var, mean = torch.var_mean(source, dim=(2, 3), unbiased=False, keepdim=True)
        x = self.normalize(x, mean, var)
        return x, None if thumb is None else self.normalize(thumb, mean, var)


class Block(nn.Module):
    """Residual block ``x + IN(conv(ReLU(IN(conv(x)))))`` on ``[N, C, H, W]``; the sum is quantized."""

    def __init__(self, channels: int, inner: int):
        super().__init__()
        self.first = ConvLayer(channels, inner)
        self.second = ConvLayer(inner, channels, relu=False)
        self.sum_quantizer = ActivationQuantizer()

    def forward(self, x: Tensor, thumb: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        y, t = self.second(*self.first(x, thumb))
        return self.sum_quantizer(x + y), None if t is None else self.sum_quantizer(thumb + t)


class Generator(nn.Module):
    """Photo ``[N, 3, H, W]`` in [0, 1] to painting of the same shape and range."""

    def __init__(self, config: GeneratorConfig = GeneratorConfig()):
        super().__init__()
        self.config = config
        self.input_quantizer = ActivationQuantizer(scale=1 / 255, zero_point=-128)
        self.stem = ConvLayer(12, config.half)
        self.down = ConvLayer(config.half, config.quarter, stride=2)
        self.blocks = nn.ModuleList(Block(config.quarter, config.inner) for _ in range(config.blocks))
        self.up = ConvLayer(config.quarter, config.half)
        self.refine = ConvLayer(config.half, config.half)
        self.last = ConvLayer(config.half, 3, norm=False)
        self.last.conv_quantizer = ActivationQuantizer(scale=1 / 255, zero_point=-128, straight_through=True)
        with torch.no_grad():
            for block in self.blocks:
                block.second.gamma.fill_(0.5)
            self.last.weight.mul_(0.2)
            self.last.bias.fill_(0.5)

    def raw(self, x: Tensor, thumb: Optional[Tensor] = None) -> Tensor:
        """The painting before its clamp. ``thumb`` (optional): ``[N, 3, h, w]``, the source of the statistics."""
        x = space_to_depth(self.input_quantizer(x))
        t = None if thumb is None else space_to_depth(self.input_quantizer(thumb))
        x, t = self.down(*self.stem(x, t))
        for block in self.blocks:
            x, t = block(x, t)
        x, t = self.refine(*self.up(upsample(x), None if t is None else upsample(t)))
        return self.last(upsample(x))[0]

    def forward(self, x: Tensor, thumb: Optional[Tensor] = None) -> Tensor:
        return self.raw(x, thumb).clamp(0, 1)


def count_macs(config: GeneratorConfig, height: int, width: int) -> int:
    """Multiply-accumulates of the convolutions for a picture of ``height`` by ``width``."""
    half, quarter = height * width // 4, height * width // 16
    return 9 * (half * 12 * config.half + quarter * config.half * config.quarter
                + quarter * 2 * config.quarter * config.inner * config.blocks
                + half * config.half * (config.quarter + config.half)
                + height * width * config.half * 3)
