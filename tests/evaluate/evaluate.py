"""How good the built-in styles are: what "./dev evaluate" runs.

Paints data/photos/eval in every style and compares the paintings with the style's own pictures, with the photos, with
others' paintings and with the two null answers. Writes contact sheets, report.md and report.json.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Sequence

import cv2

from evaluation import LARGEST, Evaluation, Photo, read_photos, say
from features import NETWORK, Network
from flicker import PAIRS_PER_CLIP, Pair, find_pairs
from judging import CONTENT_BOUND, MEASURED_SIDE, STYLE_BOUND, Judge, Verdict
from painter import Painter
from peers import judge_peers
from report import Report, aligned, summary, table, write_report
from styles import Style, read_styles

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("BRUSHWORK_DATA", ROOT / ".." / "shared" / "data")).resolve()
MODELS = Path(os.environ.get("BRUSHWORK_MODELS", ROOT / "models"))
RECIPES = ROOT / "models" / "train" / "recipes"
PROGRAM = Path(os.environ.get("BRUSHWORK_CLI", ROOT / "build" / "native" / "bin" / "brushwork"))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev evaluate", description="Measures how good the built-in styles are.")
    parser.add_argument("--styles", default="", metavar="ID,ID", help="only these")
    parser.add_argument("--photos", default=0, type=int, metavar="N", help="only so many, spread over all")
    parser.add_argument("--no-flicker", action="store_true", help="leave the videos out")
    parser.add_argument("--threads", default=os.cpu_count() or 1, type=int, metavar="N", help="default: all")
    parser.add_argument("-o", "--output", default=ROOT / "build" / "evaluation", type=Path, metavar="DIR",
                        help="default: build/evaluation")
    return parser.parse_args(arguments)


def check_data() -> None:
    for needed in (DATA / "photos" / "eval", DATA / "styles", DATA / NETWORK):
        if not needed.exists():
            raise FileNotFoundError(f"there is no {needed}; BRUSHWORK_DATA names the folder with the data")


def video_pairs(wanted: bool, notes: List[str]) -> List[Pair]:
    if not wanted:
        notes.append("flicker was not measured (--no-flicker)")
        return []
    if not (DATA / "video").is_dir():
        notes.append(f"flicker was not measured: there is no {DATA / 'video'}")
        return []
    return find_pairs(DATA / "video")


def peer_verdicts(judge: Judge, photos: Sequence[Photo], notes: List[str]) -> Dict[str, Verdict]:
    if not (DATA / "peers").is_dir():
        notes.append(f"nothing to compare with: there is no {DATA / 'peers'}")
        return {}
    return judge_peers(judge, DATA / "peers", {photo.name: photo.picture for photo in photos})


def settings(photos: Sequence[Photo]) -> Dict[str, Any]:
    """What the numbers hold for."""
    files = sorted([MODELS / "manifest.json", *MODELS.glob("*.onnx")])
    return {"photos": [photo.name for photo in photos], "paintedSide": LARGEST, "measuredSide": MEASURED_SIDE,
            "pairsPerClip": PAIRS_PER_CLIP, "styleBound": STYLE_BOUND, "contentBound": CONTENT_BOUND,
            "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}}


def measure(styles: Sequence[Style], options: argparse.Namespace, scratch: Path, notes: List[str]) -> Report:
    judge, painter = Judge(Network(DATA)), Painter(PROGRAM, MODELS, options.threads)
    photos = read_photos(DATA / "photos" / "eval", options.photos, judge, scratch)
    pairs = video_pairs(not options.no_flicker, notes)
    evaluation, results = Evaluation(judge, painter, DATA, photos, pairs), []
    for i, style in enumerate(styles):
        say(f"{style.id} ({i + 1} of {len(styles)})")
        with tempfile.TemporaryDirectory() as paintings:
            results.append(evaluation.evaluate(style, Path(paintings), options.output))
    return Report(settings(photos), results, peer_verdicts(judge, photos, notes), notes)


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    cv2.setNumThreads(options.threads)
    try:
        check_data()
        wanted = [name for name in options.styles.split(",") if name]
        styles, unnamed = read_styles(MODELS, RECIPES, wanted)
        notes = [f"{name} was left out: no recipe names its pictures" for name in unnamed]
        with tempfile.TemporaryDirectory() as scratch:
            report = measure(styles, options, Path(scratch), notes)
        write_report(report, options.output)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        say(f"error: {error}")
        return 1
    print(aligned(table(report)), *report.notes, summary(report), f"sheets and report: {options.output}", sep="\n")
    return 1 if unnamed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
