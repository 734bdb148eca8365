"""Pictures: arrays of bytes ``[H, W, 3]`` in OpenCV's order of channels, blue first."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

Picture = np.ndarray


def read_picture(path: Path) -> Picture:
    """The picture in a file, upright."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is not a picture that can be read")
    return picture


def write_picture(path: Path, picture: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), picture):
        raise OSError(f"cannot write {path}")


def resize(picture: Picture, width: int, height: int) -> Picture:
    """To a size in pixels; smaller ones by averaging, so that nothing aliases."""
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width * height < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def scaled(picture: Picture, factor: float) -> Picture:
    height, width = picture.shape[:2]
    return resize(picture, max(1, round(width * factor)), max(1, round(height * factor)))


def fit_long(picture: Picture, side: int) -> Picture:
    """Scaled so that the longer side has ``side`` pixels."""
    return scaled(picture, side / max(picture.shape[:2]))


def fit_short(picture: Picture, side: float) -> Picture:
    """Scaled so that the shorter side has ``side`` pixels."""
    return scaled(picture, side / min(picture.shape[:2]))


def gray(picture: Picture) -> np.ndarray:
    """Luma ``[H, W]`` as bytes."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def saturate(picture: Picture, amount: float) -> Picture:
    """0: gray, 1: as it is, more: stronger colours."""
    luma = gray(picture)[..., None].astype(np.float32)
    mixed = luma + amount * (picture.astype(np.float32) - luma)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def random_window(picture: Picture, width: int, height: int, seed: int) -> Picture:
    """A window of that size, the same for the same seed; a picture too small for it goes on as its mirror image."""
    missing = (max(0, height - picture.shape[0]), max(0, width - picture.shape[1]))
    wide = np.pad(picture, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
    random = np.random.default_rng(seed)
    top = int(random.integers(0, wide.shape[0] - height + 1))
    left = int(random.integers(0, wide.shape[1] - width + 1))
    return wide[top:top + height, left:left + width]
