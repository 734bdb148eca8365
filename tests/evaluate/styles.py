"""The built-in styles and their own pictures, as the recipes of the training name them."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from pictures import Picture, fit_short, read_picture, saturate

# The short side, in pixels, that a picture of scale 1 has beside the photos it is trained with.
UNIT = 512


@dataclass(frozen=True)
class Style:
    """``pictures``: paths below ``data/styles``, each perhaps with ``#left,top,right,bottom``, fractions of its sides."""
    id: str
    title: str
    pictures: Tuple[str, ...]
    scale: float = 1.0
    saturation: float = 1.0


def read_styles(models: Path, recipes: Path, wanted: Sequence[str]) -> Tuple[List[Style], List[str]]:
    """The wanted styles of ``models/manifest.json``, or all if none is, in its order; and the ids of those whose pictures
    no recipe names (any more)."""
    entries = json.loads((models / "manifest.json").read_text())["styles"]
    known = [entry["id"] for entry in entries]
    if set(wanted) - set(known):
        raise ValueError(f"no style {', '.join(sorted(set(wanted) - set(known)))}; there are {', '.join(known)}")
    styles, unnamed = [], []
    for entry in entries:
        if wanted and entry["id"] not in wanted:
            continue
        recipe = _recipe(recipes / f"{entry['generator']}.json", entry["id"])
        if recipe is None:
            unnamed.append(entry["id"])
        else:
            options = {key: recipe[key] for key in ("scale", "saturation") if key in recipe}
            styles.append(Style(entry["id"], entry["title"], tuple(recipe["pictures"]), **options))
    return styles, unnamed


def _recipe(path: Path, style: str) -> Optional[Dict[str, Any]]:
    return next((entry for entry in json.loads(path.read_text())["styles"] if entry["id"] == style), None)


def style_pictures(style: Style, data: Path, factor: float) -> List[Picture]:
    """The style's pictures as beside photos that are scaled by ``factor`` after they were painted."""
    pictures = []
    for name in style.pictures:
        name, _, box = name.partition("#")
        picture = saturate(read_picture(data / "styles" / name), style.saturation)
        picture = fit_short(picture, UNIT * style.scale * factor)
        pictures.append(window(picture, [float(part) for part in box.split(",")]) if box else picture)
    return pictures


def window(picture: Picture, box: Sequence[float]) -> Picture:
    """``box``: left, top, right, bottom as fractions of the picture's sides."""
    height, width = picture.shape[:2]
    left, top, right, bottom = (round(part * side) for part, side in zip(box, (width, height, width, height)))
    return picture[top:bottom, left:right]
