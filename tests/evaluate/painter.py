"""Paints with the command line program, several pictures at a time."""
from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence


@dataclass(frozen=True)
class Job:
    """``floating``: in float, with the quantizers of the same file left out, instead of in int8."""
    photo: Path
    output: Path
    style: str
    floating: bool = False


@dataclass(frozen=True)
class Clip:
    """``output``: a folder, which takes the painted frames under their own names, as PNG."""
    frames: Sequence[Path]
    output: Path
    style: str
    steadiness: float


class Painter:
    """Results are the same bytes for any number of threads, so each picture gets one and they run side by side."""

    def __init__(self, program: Path, models: Path, threads: int):
        self._program, self._models, self._threads = program, models, threads

    def paint(self, jobs: Sequence[Job]) -> None:
        """Raises RuntimeError with the program's words if one fails."""
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(self._paint, jobs))

    def paint_clips(self, clips: Sequence[Clip]) -> None:
        """Each clip's frames in order, several clips at a time. Errors as of ``paint``."""
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(self._paint_clip, clips))

    def _paint_clip(self, clip: Clip) -> None:
        self._run(f"painting {clip.output} in {clip.style}",
                  ["video", *clip.frames, "-o", clip.output, "--style", clip.style, "--steadiness", clip.steadiness])

    def _paint(self, job: Job) -> None:
        job.output.parent.mkdir(parents=True, exist_ok=True)
        self._run(f"painting {job.photo} in {job.style}",
                  ["stylize", job.photo, "-o", job.output, "--style", job.style, *(["--float"] if job.floating else [])])

    def _run(self, what: str, words: Sequence[object]) -> None:
        command = [self._program, *words, "--threads", "1", "--models", self._models]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{what} failed: {done.stderr.strip()}")
