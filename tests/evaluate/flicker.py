"""How much a painted video flickers: what its frames differ by when the motion is taken out of them."""
from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

import cv2
import numpy as np

from pictures import Picture, gray, read_picture

# Of each clip.
PAIRS_PER_CLIP = 6
# Of the longer of two flows that should cancel, squared, and half a pixel (Sundaram et al. 2010).
CONSISTENT = (0.01, 0.5)


@dataclass(frozen=True)
class Pair:
    """Two frames of a clip. ``flow`` ``[H, W, 2]``: how far, in pixels to the right and down, each point of the first
    has moved in the second; ``seen`` ``[H, W]``: whether it is still to be seen there."""
    clip: str
    first: Path
    second: Path
    flow: np.ndarray
    seen: np.ndarray
    own_error: float


def dense_flow(first: Picture, second: Picture) -> np.ndarray:
    """Optical flow ``[H, W, 2]`` in pixels from the first to the second frame."""
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return search.calc(gray(first), gray(second), None)


def fetch(values: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """``values`` ``[H, W, C]`` of float at the places to which ``flow`` points, interpolated."""
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(values, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def still_seen(forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """Where ``[H, W]`` the flow ends within the picture and the flow of the second frame leads back."""
    height, width = forward.shape[:2]
    x = np.arange(width)[None, :] + forward[..., 0]
    y = np.arange(height)[:, None] + forward[..., 1]
    within = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    back = fetch(backward, forward)
    apart = np.sum((forward + back) ** 2, axis=2)
    length = np.sum(forward ** 2, axis=2) + np.sum(back ** 2, axis=2)
    return within & (apart < CONSISTENT[0] * length + CONSISTENT[1])


def warping_error(first: Picture, second: Picture, flow: np.ndarray, seen: np.ndarray) -> float:
    """Mean square over the points still seen of what the second frame has in their place; bytes squared."""
    if not seen.any():
        return 0.0
    moved = fetch(second.astype(np.float32), flow)
    return float(np.mean((first.astype(np.float32) - moved)[seen] ** 2))


def _pair(clip: str, first: Path, second: Path, flow: np.ndarray | None = None) -> Pair:
    a, b = read_picture(first), read_picture(second)
    forward = dense_flow(a, b) if flow is None else flow.astype(np.float32)
    seen = still_seen(forward, dense_flow(b, a))
    return Pair(clip, first, second, forward, seen, warping_error(a, b, forward, seen))


def _clip_frames(video: Path, limit: int) -> Iterator[Tuple[str, Path, Path]]:
    for folder in sorted(path for path in video.iterdir() if path.is_dir()):
        frames = sorted(path for path in folder.glob("*.jpg") if path.stem.isdecimal())[:limit + 1]
        yield from ((folder.name, *pair) for pair in zip(frames, frames[1:]))


def find_pairs(video: Path, limit: int = PAIRS_PER_CLIP) -> List[Pair]:
    """Consecutive frames of ``data/video``: folders of numbered pictures, and ``*-img0.jpg``, ``*-img1.jpg`` with their
    true flow ``*-flow_f16.npy``."""
    pairs = [_pair(*frames) for frames in _clip_frames(video, limit)]
    for truth in sorted(video.glob("*/*-flow_f16.npy"))[:limit]:
        first, second = (truth.with_name(truth.name.replace("-flow_f16.npy", f"-img{i}.jpg")) for i in (0, 1))
        pairs.append(_pair(truth.parent.name, first, second, np.load(truth)))
    return pairs


def sequences_of(pairs: Sequence[Pair]) -> List[List[Path]]:
    """The frames as videos: pairs that follow each other are one."""
    sequences: List[List[Path]] = []
    for pair in pairs:
        if sequences and sequences[-1][-1] == pair.first:
            sequences[-1].append(pair.second)
        else:
            sequences.append([pair.first, pair.second])
    return sequences


def flicker(pairs: Sequence[Pair], painted: Dict[Path, Path]) -> Dict[str, float]:
    """For each clip the root mean square warping error of the painted frames, divided by the unpainted frames' own."""
    sums: Dict[str, List[float]] = {}
    for pair in pairs:
        first, second = read_picture(painted[pair.first]), read_picture(painted[pair.second])
        both = sums.setdefault(pair.clip, [0.0, 0.0])
        both[0] += warping_error(first, second, pair.flow, pair.seen)
        both[1] += pair.own_error
    # A clip that stands still without any noise has no error to divide by.
    return {clip: math.sqrt(ours / own) for clip, (ours, own) in sums.items() if own > 0}
