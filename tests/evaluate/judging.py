"""A painting's measures beside those of the two null answers: the unpainted photo, and a piece of the style's picture."""
from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence

import numpy as np

from distances import Statistics, content_distance, pooled, ssim, statistics, style_distance
from features import Maps, Network
from pictures import Picture, fit_long, random_window

# Longer side, in pixels, at which everything is measured.
MEASURED_SIDE = 512
# A generator is clearly inside the null answers when its style distance is at most this part of the photo's own ...
STYLE_BOUND = 0.75
# ... and its content distance at most this part of a piece of the style's picture.
CONTENT_BOUND = 0.85


@dataclass(frozen=True)
class Measures:
    """``style`` is missing where the style's own pictures are."""
    style: Optional[float]
    content: float
    ssim: float


# Of one photo: the measures of its "painting", of the "photo" and of the "crop", a piece of the style's picture.
Answers = Dict[str, Measures]


@dataclass(frozen=True)
class Look:
    """A picture as the network sees it."""
    picture: Picture
    maps: Maps


@dataclass(frozen=True)
class Target:
    """A style's own pictures, at the scale at which paintings are measured."""
    name: str
    pictures: Sequence[Picture]
    statistics: Statistics


class Judge:
    def __init__(self, network: Network):
        self._network = network

    def look(self, picture: Picture) -> Look:
        small = fit_long(picture, MEASURED_SIDE)
        return Look(small, self._network.maps(small))

    def target(self, name: str, pictures: Sequence[Picture]) -> Target:
        return Target(name, pictures, pooled([statistics(self._network.maps(picture)) for picture in pictures]))

    def compare(self, photo: Look, painting: Look, target: Optional[Target]) -> Measures:
        style = None if target is None else style_distance(statistics(painting.maps), target.statistics)
        return Measures(style, content_distance(painting.maps, photo.maps), ssim(painting.picture, photo.picture))

    def answers(self, name: str, photo: Look, painting: Picture, target: Optional[Target]) -> Answers:
        """Of the photo called ``name``, which has the shape of its painting."""
        height, width = photo.picture.shape[:2]
        found = {"painting": self.compare(photo, self.look(painting), target), "photo": self.compare(photo, photo, target)}
        if target is not None:
            piece = self.look(style_piece(target, name, width, height))
            found["crop"] = self.compare(photo, piece, target)
        return found


def style_piece(target: Target, photo: str, width: int, height: int) -> Picture:
    """A random piece of one of the style's pictures; the same one for the same photo in every run."""
    seed = zlib.crc32(f"{target.name}/{photo}".encode())
    return random_window(target.pictures[seed % len(target.pictures)], width, height, seed)


def medians(rows: Sequence[Measures]) -> Measures:
    style = None if any(row.style is None for row in rows) else float(np.median([row.style for row in rows]))
    return Measures(style, float(np.median([row.content for row in rows])), float(np.median([row.ssim for row in rows])))


@dataclass(frozen=True)
class Verdict:
    """Medians over the photos, and what they mean. The ratios are missing where the style's own pictures are."""
    answers: Answers
    style_ratio: Optional[float]
    content_ratio: Optional[float]

    @property
    def faults(self) -> List[str]:
        """Why it is not clearly inside the null answers."""
        found = []
        if self.style_ratio is not None and self.style_ratio > STYLE_BOUND:
            found.append("too little style")
        if self.content_ratio is not None and self.content_ratio > CONTENT_BOUND:
            found.append("too little content")
        return found

    @property
    def inside(self) -> Optional[bool]:
        return None if self.style_ratio is None else not self.faults


def judge_medians(photos: Mapping[str, Answers]) -> Verdict:
    """``photos``: the answers of each photo, all of the same style."""
    rows = list(photos.values())
    middle = {kind: medians([row[kind] for row in rows]) for kind in rows[0]}
    if "crop" not in middle:
        return Verdict(middle, None, None)
    painting, photo, crop = (middle[kind] for kind in ("painting", "photo", "crop"))
    return Verdict(middle, painting.style / photo.style, painting.content / crop.content)
