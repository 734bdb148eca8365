"""Paints and measures one style after another."""
from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from distances import psnr
from flicker import Pair, flicker, sequences_of
from judging import MEASURED_SIDE, Answers, Judge, Look, Target, judge_medians
from painter import Clip, Job, Painter
from pictures import Picture, fit_long, read_picture, write_picture
from report import StyleResult, number
from sheets import Row, style_sheet
from styles import Style, style_pictures

# Longer side, in pixels, at which large photos are painted; the others keep their size.
LARGEST = 1024


# The default of videos.
STEADINESS = 0.9


@dataclass(frozen=True)
class Photo:
    """``path``: of the picture that is painted."""
    name: str
    path: Path
    picture: Picture
    look: Look

    @property
    def factor(self) -> float:
        """By how much its paintings are scaled before they are measured."""
        return MEASURED_SIDE / max(self.picture.shape[:2])


def say(words: str) -> None:
    print(f"evaluate: {words}", file=sys.stderr, flush=True)


def spread(items: Sequence[Path], count: int) -> List[Path]:
    """``count`` of them, evenly over the list; all for 0."""
    if not 0 < count < len(items):
        return list(items)
    return [items[i * len(items) // count] for i in range(count)]


def read_photos(folder: Path, count: int, judge: Judge, scratch: Path) -> List[Photo]:
    """The photos as they are painted; ``scratch`` takes those that are scaled down."""
    photos = []
    for path in spread(sorted(folder.glob("*.jpg")), count):
        picture = read_picture(path)
        if max(picture.shape[:2]) > LARGEST:
            picture, path = fit_long(picture, LARGEST), scratch / f"{path.stem}.png"
            write_picture(path, picture)
        photos.append(Photo(path.stem, path, picture, judge.look(picture)))
    return photos


class Evaluation:
    def __init__(self, judge: Judge, painter: Painter, data: Path, photos: Sequence[Photo], pairs: Sequence[Pair]):
        self._judge, self._painter, self._data, self._photos, self._pairs = judge, painter, data, photos, pairs

    def evaluate(self, style: Style, scratch: Path, output: Path) -> StyleResult:
        """Paints into ``scratch``; the contact sheet is ``output/<id>.png``."""
        jobs = [Job(photo.path, scratch / f"{photo.name}-{kind}.png", style.id, kind == "float")
                for photo in self._photos for kind in ("float", "int8")]
        self._painter.paint(jobs)
        targets = self._targets(style)
        answers: Dict[str, Answers] = {}
        decibels: Dict[str, float] = {}
        rows: List[Row] = []
        for photo in self._photos:
            floating, quantized = (read_picture(scratch / f"{photo.name}-{kind}.png") for kind in ("float", "int8"))
            answers[photo.name] = self._judge.answers(photo.name, photo.look, quantized, targets[photo.factor])
            decibels[photo.name] = psnr(floating, quantized)
            rows.append(Row(_captions(photo.name, answers[photo.name], decibels[photo.name]),
                            (photo.picture, floating, quantized)))
        result = StyleResult(style, judge_medians(answers), answers, decibels, self._flicker(style, scratch, 0.0),
                             self._flicker(style, scratch, STEADINESS))
        any_target = next(iter(targets.values()))
        write_picture(output / f"{style.id}.png", style_sheet(_heading(result), any_target.pictures, rows))
        return result

    def _targets(self, style: Style) -> Dict[float, Target]:
        """The style's pictures at each of the photos' scales."""
        factors = sorted({photo.factor for photo in self._photos}, reverse=True)
        return {factor: self._judge.target(style.id, style_pictures(style, self._data, factor)) for factor in factors}

    def _flicker(self, style: Style, scratch: Path, steadiness: float) -> Dict[str, float]:
        painted: Dict[Path, Path] = {}
        clips: List[Clip] = []
        for i, frames in enumerate(sequences_of(self._pairs)):
            folder = scratch / f"video-{steadiness}-{i}"
            clips.append(Clip(frames, folder, style.id, steadiness))
            painted.update({frame: folder / f"{frame.stem}.png" for frame in frames})
        self._painter.paint_clips(clips)
        return flicker(self._pairs, painted)


def _captions(name: str, answers: Answers, decibels: float) -> Tuple[str, str, str]:
    painting = answers["painting"]
    measured = f"style {number(painting.style)}, content {number(painting.content)}"
    return name, f"float: {decibels:.1f} dB to int8", f"int8: {measured}"


def _heading(result: StyleResult) -> List[str]:
    painting, photo, crop = (result.verdict.answers[kind] for kind in ("painting", "photo", "crop"))
    psnrs = sorted(result.psnr.values())
    return [f"{result.style.id}: photo, painted in float, painted in int8. Medians:",
            f"style distance {number(painting.style, 3)}; unpainted photo {number(photo.style, 3)}, "
            f"piece of the style {number(crop.style, 3)}",
            f"content distance {number(painting.content, 3)}; unpainted photo 0, "
            f"piece of the style {number(crop.content, 3)}; SSIM {number(painting.ssim)}",
            f"int8 to float: worst {psnrs[0]:.1f} dB; flicker {number(result.median_flicker)}, "
            f"steadied {number(result.median_steadied)}",
            ", ".join(result.verdict.faults) or "clearly inside the null answers"]
