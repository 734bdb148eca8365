"""Others' paintings of the same photos, measured as ours are."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, Mapping, Optional

from judging import Answers, Judge, Target, Verdict, judge_medians
from pictures import Picture, read_picture, resize

# Between the photo's name and the style's, where a peer has several styles.
SEPARATOR = "__"


def judge_peers(judge: Judge, peers: Path, photos: Mapping[str, Picture]) -> Dict[str, Verdict]:
    """Verdicts by ``peer`` or ``peer/style`` over those of the photos (by name) that they have painted."""
    found: Dict[str, Dict[str, Answers]] = {}
    targets: Dict[str, Optional[Target]] = {}
    for path in sorted(peers.glob("*/*.jpg")):
        name, _, style = path.stem.partition(SEPARATOR)
        if path.parent.name == "styles" or name not in photos:
            continue
        style = style or path.parent.name
        if style not in targets:
            targets[style] = _target(judge, peers / "styles" / f"{style}.jpg")
        painting = read_picture(path)
        photo = judge.look(resize(photos[name], painting.shape[1], painting.shape[0]))
        label = path.parent.name if style == path.parent.name else f"{path.parent.name}/{style}"
        found.setdefault(label, {})[name] = judge.answers(name, photo, painting, targets[style])
    return {label: judge_medians(answers) for label, answers in found.items()}


def _target(judge: Judge, picture: Path) -> Optional[Target]:
    """The style's own picture, which the peers saw in this size; none where it is not at hand."""
    return judge.target(picture.stem, [read_picture(picture)]) if picture.exists() else None
