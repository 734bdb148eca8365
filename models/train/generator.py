"""The painter: one small residual network for all styles, which a style vector steers.

Data flow for a picture ``[N, 3, H, W]`` in [0, 1] (H and W multiples of 8), with the default configuration::

    space to depth 2       [N, 12, H/2, W/2]
    stem    3x3            [N, 16, H/2, W/2]
    down    3x3 stride 2   [N, 32, H/4, W/4]    (kept for the skip)
    deep    3x3 stride 2   [N, 64, H/8, W/8]
    blocks  x + IN(3x3(ReLU(IN(3x3(x)))))       [N, 64, H/8, W/8]
    nearest upsampling 2   [N, 64, H/4, W/4]
    rise    3x3, + skip    [N, 32, H/4, W/4]
    brushes more blocks    [N, 32, H/4, W/4]    (strokes; the blocks before see the picture's parts)
    nearest upsampling 2   [N, 32, H/2, W/2]
    up      3x3            [N, 16, H/2, W/2]
    nearest upsampling 2   [N, 16, H, W]
    last    3x3            [N, 3, H, W]         clamped to [0, 1]

Every convolution but the last is followed by an instance normalization and, outside the sums, ReLU. The scales and
shifts of all normalizations, one after the other in this order (a layer's scales, then its shifts), are the *style
vector* (Dumoulin et al., "A Learned Representation for Artistic Style", ICLR 2017): nothing else differs between styles.

Every place where the exported int8 file has a QuantizeLinear/DequantizeLinear pair has a quantizer here
(``quantize.ActivationQuantizer``), which passes values through until quantization-aware training turns it on.
Channel order of the pixel unshuffle is ONNX's (block-major), so weights export as they are.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Iterator, List, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from quantize import ActivationQuantizer, quantize_weight

EPSILON = 1e-5
MULTIPLE = 8  # both sides of a picture


@dataclass(frozen=True)
class GeneratorConfig:
    """Channels at half, quarter and an eighth of the resolution; blocks at an eighth and (``brushes``) at a quarter."""

    half: int = 16
    quarter: int = 32
    eighth: int = 64
    blocks: int = 2
    brushes: int = 2

    def to_dict(self) -> dict:
        return asdict(self)


def space_to_depth(x: Tensor) -> Tensor:
    """``[N, C, H, W]`` to ``[N, 4C, H/2, W/2]``; channel ``(2*dy + dx) * C + c`` as ONNX SpaceToDepth."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, 4 * c, h // 2, w // 2)


def upsample(x: Optional[Tensor]) -> Optional[Tensor]:
    """``[N, C, H, W]`` to ``[N, C, 2H, 2W]``, nearest neighbour."""
    return None if x is None else F.interpolate(x, scale_factor=2.0, mode="nearest")


class StyleReader:
    """Hands out the scales and shifts ``[N, C]`` of one layer after the other from style vectors ``[N, V]``."""

    def __init__(self, vector: Tensor):
        self.vector, self.position = vector, 0

    def take(self, channels: int) -> Tuple[Tensor, Tensor]:
        start, middle, end = self.position, self.position + channels, self.position + 2 * channels
        self.position = end
        return self.vector[:, start:middle], self.vector[:, middle:end]


class ConvLayer(nn.Module):
    """Reflect padding, 3x3 convolution, optionally instance normalization (affine) and ReLU, with its quantizers.

    Input ``[N, in, H, W]``, output ``[N, out, H/stride, W/stride]``. With a second tensor (thumbnails of the whole
    pictures, run alongside) the normalization statistics come from that one for both.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, norm: bool = True, relu: bool = True):
        super().__init__()
        self.stride, self.relu, self.norm, self.out_channels = stride, relu, norm, out_channels
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        # Before an instance normalization the bias cancels; it is kept (untrained) to centre the channel for int8.
        self.bias = nn.Parameter(torch.zeros(out_channels), requires_grad=not norm)
        self.quantize_weights = False
        self.conv_quantizer = ActivationQuantizer()
        if norm:
            self.norm_quantizer = ActivationQuantizer()

    def convolve(self, x: Tensor, weight: Tensor) -> Tensor:
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return self.conv_quantizer(F.conv2d(x, weight, self.bias, stride=self.stride))

    def activate(self, x: Tensor) -> Tensor:
        return self.norm_quantizer(F.relu(x) if self.relu else x)

    def normalize(self, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """Instance normalization by the tensor's own statistics; one fused kernel, each channel of each picture a
        channel of one batch normalization."""
        n, c, h, w = x.shape
        y = F.batch_norm(x.reshape(1, n * c, h, w), None, None, scale.reshape(-1), shift.reshape(-1), True, 0.0, EPSILON)
        return self.activate(y.view(n, c, h, w))

    def forward(self, x: Tensor, style: StyleReader, thumb: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        weight = quantize_weight(self.weight) if self.quantize_weights else self.weight
        x = self.convolve(x, weight)
        thumb = None if thumb is None else self.convolve(thumb, weight)
        if not self.norm:
            return x, thumb
        scale, shift = style.take(self.out_channels)
        if thumb is None:
            return self.normalize(x, scale, shift), None
        var, mean = torch.var_mean(thumb, dim=(2, 3), unbiased=False)
        factor = scale * torch.rsqrt(var + EPSILON)
        offset = shift - mean * factor
        return (self.activate(torch.addcmul(offset[..., None, None], x, factor[..., None, None])),
                self.normalize(thumb, scale, shift))


class Block(nn.Module):
    """Residual block ``x + IN(conv(ReLU(IN(conv(x)))))`` on ``[N, C, H, W]``; the sum is quantized."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = ConvLayer(channels, channels)
        self.second = ConvLayer(channels, channels, relu=False)
        self.sum_quantizer = ActivationQuantizer()

    def forward(self, x: Tensor, style: StyleReader, thumb: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        y, t = self.first(x, style, thumb)
        y, t = self.second(y, style, t)
        return self.sum_quantizer(x + y), None if t is None else self.sum_quantizer(thumb + t)


class Generator(nn.Module):
    """Photo ``[N, 3, H, W]`` in [0, 1] and style vectors ``[N, V]`` to paintings of the photo's shape and range."""

    def __init__(self, config: GeneratorConfig = GeneratorConfig()):
        super().__init__()
        self.config = config
        self.input_quantizer = ActivationQuantizer(scale=1 / 255, zero_point=-128)
        self.stem = ConvLayer(12, config.half)
        self.down = ConvLayer(config.half, config.quarter, stride=2)
        self.deep = ConvLayer(config.quarter, config.eighth, stride=2)
        self.blocks = nn.ModuleList(Block(config.eighth) for _ in range(config.blocks))
        self.rise = ConvLayer(config.eighth, config.quarter, relu=False)
        self.skip_quantizer = ActivationQuantizer()
        self.brushes = nn.ModuleList(Block(config.quarter) for _ in range(config.brushes))
        self.up = ConvLayer(config.quarter, config.half)
        self.last = ConvLayer(config.half, 3, norm=False)
        self.last.conv_quantizer = ActivationQuantizer(scale=1 / 255, zero_point=-128, straight_through=True)
        with torch.no_grad():
            self.last.weight.mul_(0.2)
            self.last.bias.fill_(0.5)

    def normalized_layers(self) -> Iterator[Tuple[str, ConvLayer]]:
        """The layers with a normalization, in the order of the style vector (and of the exported nodes)."""
        yield from (("stem", self.stem), ("down", self.down), ("deep", self.deep))
        for i, block in enumerate(self.blocks):
            yield from ((f"block{i}/first", block.first), (f"block{i}/second", block.second))
        yield "rise", self.rise
        for i, block in enumerate(self.brushes):
            yield from ((f"brush{i}/first", block.first), (f"brush{i}/second", block.second))
        yield "up", self.up

    @property
    def style_size(self) -> int:
        """V, the length of a style vector."""
        return sum(2 * layer.out_channels for _, layer in self.normalized_layers())

    def plain_style(self) -> Tensor:
        """A style vector ``[V]`` to start from: scale 1 (0.5 behind a sum's second branch), shift 0."""
        parts: List[Tensor] = []
        for name, layer in self.normalized_layers():
            scale = 0.5 if name.endswith("second") else 1.0
            parts += [torch.full((layer.out_channels,), scale), torch.zeros(layer.out_channels)]
        return torch.cat(parts)

    def raw(self, x: Tensor, vector: Tensor, thumb: Optional[Tensor] = None) -> Tuple[Tensor, Optional[Tensor]]:
        """The painting before its clamp. ``thumb`` (optional): ``[N, 3, h, w]``, the source of the statistics; then
        its painting is the second result."""
        style = StyleReader(vector)
        x = space_to_depth(self.input_quantizer(x))
        t = None if thumb is None else space_to_depth(self.input_quantizer(thumb))
        x, t = self.stem(x, style, t)
        x, t = skip, skip_t = self.down(x, style, t)
        x, t = self.deep(x, style, t)
        for block in self.blocks:
            x, t = block(x, style, t)
        x, t = self.rise(upsample(x), style, upsample(t))
        x, t = self.skip_quantizer(x + skip), None if t is None else self.skip_quantizer(t + skip_t)
        for block in self.brushes:
            x, t = block(x, style, t)
        x, t = self.up(upsample(x), style, upsample(t))
        return self.last(upsample(x), style, upsample(t))

    def forward(self, x: Tensor, vector: Tensor, thumb: Optional[Tensor] = None) -> Tensor:
        return self.raw(x, vector, thumb)[0].clamp(0, 1)


def count_macs(config: GeneratorConfig, height: int, width: int) -> int:
    """Multiply-accumulates of the convolutions for a picture of ``height`` by ``width``."""
    half, quarter, eighth = height * width // 4, height * width // 16, height * width // 64
    return 9 * (half * 12 * config.half + quarter * config.half * config.quarter
                + eighth * config.quarter * config.eighth + eighth * 2 * config.blocks * config.eighth ** 2
                + quarter * (config.eighth * config.quarter + 2 * config.brushes * config.quarter ** 2)
                + half * config.quarter * config.half + height * width * config.half * 3)
