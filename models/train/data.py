"""Photos and style pictures from the data folder (environment variable ``BRUSHWORK_DATA``), held in memory."""
from __future__ import annotations

import os
import random
from pathlib import Path
from typing import List, Sequence, Tuple

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor
from torch.nn import functional as F

HELD_OUT = 50
ASPECTS = ((1, 1), (4, 3), (3, 4), (3, 2))
# Shorter side, in pixels, of the thumbnails that the engine takes the statistics of normalizations from.
THUMBNAIL = 128
# Art that only the style encoder sees; every folder counts the same.
VARIETY = ("wikiart_small", "wikiart_small", "single_pd", "ukiyoe", "vangogh", "monet256", "impressionism", "tarot_rws",
           "ink_shanshui", "engraving_dore", "vangogh_drawings", "comic_peppercarrot", "oil_classic")


def data_root() -> Path:
    """The data folder: ``$BRUSHWORK_DATA`` or ``../shared/data`` beside the repository."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("BRUSHWORK_DATA", default))


def to_bytes(image: Image.Image) -> Tensor:
    """An RGB picture as bytes ``[3, H, W]``."""
    return torch.from_numpy(np.asarray(image.convert("RGB")).transpose(2, 0, 1).copy())


def to_tensor(image: Image.Image) -> Tensor:
    """An RGB picture as ``[1, 3, H, W]`` in [0, 1]."""
    return to_bytes(image)[None].float() / 255


def to_image(tensor: Tensor) -> Image.Image:
    """``[1, 3, H, W]`` or ``[3, H, W]`` in [0, 1] as a picture."""
    tensor = tensor.detach().cpu().reshape(tensor.shape[-3:])
    return Image.fromarray((tensor.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def fit(image: Image.Image, side: int, multiple: int = 8, long: bool = True) -> Image.Image:
    """Resizes so that the long (or short) side is about ``side``; both sides become multiples of ``multiple``."""
    w, h = image.size
    factor = side / (max(w, h) if long else min(w, h))
    size = tuple(max(multiple, round(v * factor / multiple) * multiple) for v in (w, h))
    return image.resize(size, Image.LANCZOS)


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """Bytes ``[3, H, W]`` to ``[1, 3, height, width]`` in [0, 1], antialiased."""
    scaled = F.interpolate(picture[None].float(), (height, width), mode="bilinear", antialias=True, align_corners=False)
    return scaled.clamp(0, 255) / 255


def photo_paths(root: Path) -> Tuple[List[Path], List[Path]]:
    """Training photos and the held-out ones (a fixed pick, the same for every run)."""
    paths = sorted((root / "photos" / "train").glob("*.jpg"))
    random.Random(2026).shuffle(paths)
    return paths[HELD_OUT:], paths[:HELD_OUT]


def load_all(paths: Sequence[Path]) -> List[Tensor]:
    """Pictures as bytes ``[3, H, W]``; some 0.4 MB each at 320 pixels."""
    return [to_bytes(Image.open(p)) for p in paths]


class Sampler:
    """A seeded source of batches whose state travels in checkpoints."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def state(self) -> object:
        return self.random.getstate()

    def restore(self, state: object) -> None:
        self.random.setstate(state)

    def crop(self, picture: Tensor, height: int, width: int) -> Tensor:
        """A random window of bytes ``[3, H, W]``, mirrored half of the time."""
        y = self.random.randint(0, picture.shape[1] - height)
        x = self.random.randint(0, picture.shape[2] - width)
        window = picture[:, y:y + height, x:x + width]
        return window.flip(2) if self.random.random() < 0.5 else window


class PhotoCrops(Sampler):
    """Batches of random crops ``[N, 3, S, S]`` with thumbnails ``[N, 3, h, w]`` of the whole photos they come from."""

    def __init__(self, photos: List[Tensor], batch: int, seed: int):
        super().__init__(seed)
        self.photos, self.batch = photos, batch

    def _sample(self, size: int, aspect: Tuple[int, int], thumb: Tuple[int, int]) -> Tuple[Tensor, Tensor]:
        """One photo cut to the aspect ratio, seen at a random scale: a crop of it and its thumbnail."""
        photo = self.random.choice(self.photos)
        unit = min(photo.shape[2] / aspect[0], photo.shape[1] / aspect[1])
        whole = self.crop(photo, int(unit * aspect[1]), int(unit * aspect[0]))
        short = self.random.uniform(max(size, 200), 460)
        side = min(round(size * min(whole.shape[1:]) / short), *whole.shape[1:])
        y, x = (self.random.randint(0, s - side) for s in whole.shape[1:])
        gain = self.random.uniform(0.6, 1.3) if self.random.random() < 0.3 else 1.0
        window = resize(whole[:, y:y + side, x:x + side], size, size)
        return (window * gain).clamp(0, 1), (resize(whole, thumb[1], thumb[0]) * gain).clamp(0, 1)

    def next(self, size: int) -> Tuple[Tensor, Tensor]:
        aspect = self.random.choice(ASPECTS)
        unit = self.random.randint(12, 18) * 8 / min(aspect)  # around THUMBNAIL
        thumb = tuple(round(unit * a / 8) * 8 for a in aspect)
        samples = [self._sample(size, aspect, thumb) for _ in range(self.batch)]
        return torch.cat([s[0] for s in samples]), torch.cat([s[1] for s in samples])


class StyleCrops(Sampler):
    """Random crops ``[1, 3, S, S]`` of each style's own pictures, for the discriminators."""

    def __init__(self, pictures: List[List[Tensor]], seed: int):
        super().__init__(seed)
        self.pictures = pictures

    def next(self, style: int, size: int) -> Tensor:
        picture = self.random.choice(self.pictures[style])
        return self.crop(picture, size, size)[None].float() / 255


class ArtCrops(Sampler):
    """Random crops ``[1, 3, S, S]`` of any art, at a scale where the picture's short side has 224 to 360 pixels."""

    def __init__(self, root: Path, seed: int):
        super().__init__(seed)
        self.folders = [load_all(sorted((root / "styles" / name).glob("*.jpg"))) for name in sorted(set(VARIETY))]
        self.names = sorted(set(VARIETY))

    def next(self, size: int) -> Tensor:
        picture = self.random.choice(self.folders[self.names.index(self.random.choice(VARIETY))])
        short = min(picture.shape[1:])
        side = min(round(size * short / self.random.uniform(224, 360)), short)
        return resize(self.crop(picture, side, side), size, size)


def style_picture(name: str, scale: float, saturation: float) -> Tensor:
    """A style's picture as bytes ``[3, H, W]``, its short side ``512 * scale`` pixels.

    A name may end in ``#left,top,right,bottom`` (fractions) for a part of a picture.
    """
    name, _, box = name.partition("#")
    image = ImageEnhance.Color(Image.open(data_root() / "styles" / name).convert("RGB")).enhance(saturation)
    image = fit(image, round(512 * scale), long=False)
    if box:
        image = image.crop(tuple(round(float(f) * s) for f, s in zip(box.split(","), image.size * 2)))
    return to_bytes(image)
