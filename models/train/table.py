"""Writes ``models/README.md``: one row per style, from the manifest, the recipe, the checkpoint and the evaluation.

``./dev evaluate``, then ``python3 table.py painter --machine "2 CPU cores"``.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import List

import torch

from generator import GeneratorConfig, count_macs
from publish import MODELS
from recipe import StyleRecipe, load_recipe

HEAD = """# The generators

One conditional generator, the painter, paints all built-in styles and in the style of any picture. Its card, with what
is to like and dislike in each style: [painter.md](painter.md). How it was made, and how to make it again:
[train/README.md](train/README.md). `manifest.json` names the files with their sha256, and holds every style's vector.

| file | bytes | parameters | cost at 512×512 | trained |
|---|---|---|---|---|
"""
MEASURES = """
Medians over the sixteen evaluation photos, from `./dev evaluate`. Style: distance of SqueezeNet's feature statistics to the
style's own picture, of the unpainted photo's distance (the null answer "photo" is 1). Content: one minus the correlation of
its deep features with the photo's, of that of a piece of the style's picture (the null answer "crop" is 1). Both should be low.
SSIM: of the gray pictures. int8: PSNR in dB of the file against the same weights without rounding of activations. Flicker:
warping error of single frames, of the input's own.

| style | after | style | content | SSIM | int8 median, worst | flicker | in both nulls |
|---|---|---|---|---|---|---|---|
"""


def value(number: object, digits: int) -> str:
    return "–" if number is None else f"{number:.{digits}f}"


def style_row(style: dict, recipe: StyleRecipe) -> str:
    by = f"{recipe.artist}, " if recipe.artist else ""
    psnr, painting = style["psnr"], style["medians"]["painting"]
    return (f"| `{recipe.id}` | {by}*{recipe.source}*; public domain | {value(style['styleRatio'], 2)} | "
            f"{value(style['contentRatio'], 2)} | {value(painting['ssim'], 2)} | {value(psnr['median'], 1)}, "
            f"{value(psnr['worst'], 1)} | {value(style['flicker'].get('median'), 1)} | "
            f"{'yes' if style['inside'] else 'no: ' + ', '.join(style['faults'])} |\n")


def peer_row(name: str, peer: dict) -> str:
    return (f"| {name} | peer | {value(peer['styleRatio'], 2)} | {value(peer['contentRatio'], 2)} | "
            f"{value(peer['medians']['painting']['ssim'], 2)} | | | |\n")


def files(name: str, machine: str) -> str:
    saved = torch.load(MODELS / "train" / "checkpoints" / f"{name}.pt", map_location="cpu")
    generator = json.loads((MODELS / "manifest.json").read_text())["generators"][0]
    count = lambda part: sum(v.numel() for k, v in saved["painter"].items()
                             if k.startswith(part) and k.endswith(("weight", "bias")))
    cost = count_macs(GeneratorConfig(**saved["config"]), 512, 512) / 1e9
    return (f"| `{generator['model']}` | {generator['bytes']} | {count('generator.')} | {cost:.2f} GMAC | "
            f"{saved['step']} steps, {saved['seconds'] / 60:.0f} min, {machine} |\n"
            f"| `{generator['encoder']['model']}` | {generator['encoder']['bytes']} | {count('encoder.')} | "
            f"once per style | with it |\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write models/README.md.")
    parser.add_argument("recipe")
    parser.add_argument("--machine", required=True, help="what it was trained on, in words")
    parser.add_argument("--report", type=Path, default=MODELS.parent / "build" / "evaluation" / "report.json")
    args = parser.parse_args()
    recipes = {s.id: s for s in load_recipe(args.recipe).styles}
    report = json.loads(args.report.read_text())
    rows: List[str] = [style_row(s, recipes[s["id"]]) for s in report["styles"]]
    rows += [peer_row(name, peer) for name, peer in report["peers"].items()]
    text = HEAD + files(args.recipe, args.machine) + MEASURES + "".join(rows)
    (MODELS / "README.md").write_text(text + f"\n{report['summary'][0].upper()}{report['summary'][1:]}.\n")


if __name__ == "__main__":
    main()
