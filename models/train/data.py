"""Photos and style pictures from the data folder (environment variable ``BRUSHWORK_DATA``)."""
from __future__ import annotations

import os
import random
from pathlib import Path
from typing import List, Tuple

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

HELD_OUT = 50
ASPECTS = ((1, 1), (4, 3), (3, 4), (3, 2))


# Shorter side, in pixels, of the thumbnails that the engine takes the statistics of normalizations from.
THUMBNAIL = 128

def data_root() -> Path:
    """The data folder: ``$BRUSHWORK_DATA`` or ``../shared/data`` beside the repository."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("BRUSHWORK_DATA", default))


def to_tensor(image: Image.Image) -> Tensor:
    """An RGB picture as ``[1, 3, H, W]`` in [0, 1]."""
    array = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    return torch.from_numpy(array.transpose(2, 0, 1).copy())[None]


def to_image(tensor: Tensor) -> Image.Image:
    """``[1, 3, H, W]`` or ``[3, H, W]`` in [0, 1] as a picture."""
    tensor = tensor.detach().cpu().reshape(tensor.shape[-3:])
    return Image.fromarray((tensor.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def fit_exact(image: Image.Image, multiple: int = 4) -> Image.Image:
    """The picture at its own size, cut so that both sides are multiples of ``multiple``."""
    w, h = image.size
    return image.crop((0, 0, w // multiple * multiple, h // multiple * multiple))


def fit(image: Image.Image, side: int, multiple: int = 4, long: bool = True) -> Image.Image:
    """Resizes so that the long (or short) side is about ``side``; both sides become multiples of ``multiple``."""
    w, h = image.size
    factor = side / (max(w, h) if long else min(w, h))
    size = tuple(max(multiple, round(v * factor / multiple) * multiple) for v in (w, h))
    return image.resize(size, Image.LANCZOS)


def photo_paths(root: Path) -> Tuple[List[Path], List[Path]]:
    """Training photos and the held-out ones (a fixed pick, the same for every run)."""
    paths = sorted((root / "photos" / "train").glob("*.jpg"))
    random.Random(2026).shuffle(paths)
    return paths[HELD_OUT:], paths[:HELD_OUT]


class PhotoCrops:
    """Batches of random crops ``[N, 3, S, S]`` with thumbnails ``[N, 3, h, w]`` of the whole photos they come from."""

    def __init__(self, paths: List[Path], batch: int, size: int, seed: int):
        self.paths, self.batch, self.size = paths, batch, size
        self.random = random.Random(seed)

    def state(self) -> object:
        return self.random.getstate()

    def restore(self, state: object) -> None:
        self.random.setstate(state)

    def _whole(self, aspect: Tuple[int, int]) -> Image.Image:
        """A random photo cut to the aspect ratio, at a random scale: the 'whole picture' of one sample."""
        image = Image.open(self.random.choice(self.paths)).convert("RGB")
        w, h = image.size
        unit = min(w / aspect[0], h / aspect[1])
        cw, ch = int(unit * aspect[0]), int(unit * aspect[1])
        x, y = self.random.randint(0, w - cw), self.random.randint(0, h - ch)
        image = image.crop((x, y, x + cw, y + ch))
        short = int(self.random.uniform(max(self.size, 200), 460))
        factor = short / min(cw, ch)
        image = image.resize((max(short, round(cw * factor)), max(short, round(ch * factor))), Image.BICUBIC)
        if self.random.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        if self.random.random() < 0.3:
            image = ImageEnhance.Brightness(image).enhance(self.random.uniform(0.6, 1.3))
        return image

    def next(self) -> Tuple[Tensor, Tensor]:
        aspect = self.random.choice(ASPECTS)
        thumb_side = self.random.randint(24, 36) * 4  # around THUMBNAIL
        unit = thumb_side / min(aspect)
        thumb_size = tuple(round(unit * a / 4) * 4 for a in aspect)
        crops, thumbs = [], []
        for _ in range(self.batch):
            image = self._whole(aspect)
            x = self.random.randint(0, image.size[0] - self.size)
            y = self.random.randint(0, image.size[1] - self.size)
            crops.append(to_tensor(image.crop((x, y, x + self.size, y + self.size))))
            thumbs.append(to_tensor(image.resize(thumb_size, Image.BOX)))
        return torch.cat(crops), torch.cat(thumbs)


class StyleCrops:
    """Batches of random crops ``[N, 3, S, S]`` of the style pictures, for the discriminators."""

    def __init__(self, pictures: List[Image.Image], batch: int, size: int, seed: int):
        self.pictures, self.batch, self.size = pictures, batch, size
        self.random = random.Random(seed)

    def next(self) -> Tensor:
        crops = []
        for _ in range(self.batch):
            image = self.random.choice(self.pictures)
            x = self.random.randint(0, image.size[0] - self.size)
            y = self.random.randint(0, image.size[1] - self.size)
            crop = image.crop((x, y, x + self.size, y + self.size))
            crops.append(to_tensor(crop.transpose(Image.FLIP_LEFT_RIGHT) if self.random.random() < 0.5 else crop))
        return torch.cat(crops)
