"""Contact sheets: for every photo the photo itself and its painting in float and in int8."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence, Tuple

import cv2
import numpy as np

from pictures import Picture, fit_long, scaled

# Pixels.
TILE = 420
GAP = 8
CAPTION = 22
STYLE_HEIGHT = 220
# Photos beside each other.
GROUPS = 2
INK = (40, 40, 40)


@dataclass(frozen=True)
class Row:
    """A photo and its paintings in float and int8, all of one shape."""
    captions: Tuple[str, str, str]
    pictures: Tuple[Picture, Picture, Picture]


def style_sheet(heading: Sequence[str], style_pictures: Sequence[Picture], rows: Sequence[Row]) -> Picture:
    """``heading``: lines of text beside the style's own pictures. Photos of one shape come together."""
    ordered = sorted(rows, key=lambda row: -row.pictures[0].shape[1] / row.pictures[0].shape[0])
    blocks = [_block(row) for row in ordered]
    lines = [_beside(blocks[i:i + GROUPS]) for i in range(0, len(blocks), GROUPS)]
    return _below([_header(heading, style_pictures), *lines])


def _block(row: Row) -> Picture:
    tiles = [fit_long(picture, TILE) for picture in row.pictures]
    named = [_below([_text([words], tile.shape[1]), tile]) for words, tile in zip(row.captions, tiles)]
    # Portraits as wide as landscapes, so that columns stand under each other.
    return _widened(_beside(named), len(named) * (TILE + GAP) - GAP)


def _header(heading: Sequence[str], style_pictures: Sequence[Picture]) -> Picture:
    thumbs = [scaled(picture, STYLE_HEIGHT / picture.shape[0]) for picture in style_pictures]
    return _beside([*thumbs, _text(heading, 3 * TILE)])


def _text(lines: Sequence[str], width: int) -> Picture:
    """Letters of ASCII, black on white."""
    space = np.full((CAPTION * len(lines), width, 3), 255, np.uint8)
    for i, line in enumerate(lines):
        words = line.encode("ascii", "replace").decode()
        cv2.putText(space, words, (2, CAPTION * (i + 1) - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return space


def _widened(picture: Picture, width: int) -> Picture:
    return _placed([picture], (picture.shape[0], max(width, picture.shape[1])), [(0, 0)])


def _beside(pictures: Sequence[Picture]) -> Picture:
    lefts = np.cumsum([0, *(p.shape[1] + GAP for p in pictures)])
    size = (max(p.shape[0] for p in pictures), int(lefts[-1]) - GAP)
    return _placed(pictures, size, [(0, int(left)) for left in lefts])


def _below(pictures: Sequence[Picture]) -> Picture:
    tops = np.cumsum([0, *(p.shape[0] + GAP for p in pictures)])
    size = (int(tops[-1]) - GAP, max(p.shape[1] for p in pictures))
    return _placed(pictures, size, [(int(top), 0) for top in tops])


def _placed(pictures: Sequence[Picture], size: Tuple[int, int], corners: Sequence[Tuple[int, int]]) -> Picture:
    """``size`` and ``corners``: rows, then columns; white between them."""
    sheet = np.full((*size, 3), 255, np.uint8)
    for picture, (top, left) in zip(pictures, corners):
        sheet[top:top + picture.shape[0], left:left + picture.shape[1]] = picture
    return sheet
