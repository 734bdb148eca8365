"""Publishes a checkpoint: ONNX files, compact checkpoint, previews and ``models/manifest.json``.

``python3 publish.py painter [checkpoint] [--styles id ...]``; the words for the manifest come from the recipe. Models of
other recipes that the manifest names stay.
"""
from __future__ import annotations

import argparse
import base64
import hashlib
import json
from pathlib import Path
from typing import List

import torch
from PIL import Image
from torch import Tensor

from data import THUMBNAIL, data_root, fit
from export_onnx import encoder_to_onnx, prepare, save, to_onnx
from painter import Painter
from recipe import StyleRecipe, load_recipe, train_folder
from sheet import paint_with_thumbnail

MODELS = Path(__file__).resolve().parents[1]


def compact(checkpoint: Path, path: Path) -> None:
    """The weights and ranges only, in half precision, without optimizers and discriminators."""
    saved = torch.load(checkpoint, map_location="cpu")
    kept = {key: saved[key] for key in ("config", "styles", "quantized", "step", "seconds")}
    # Quantizers' scales and zero points stay as they are: they are the ranges of the shipped file.
    kept["painter"] = {k: v.half() if v.numel() > 256 and v.is_floating_point() else v
                       for k, v in saved["painter"].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(kept, path)
    print(f"{path}: {path.stat().st_size} bytes")


@torch.no_grad()
def preview(painter: Painter, vector: Tensor, name: str, path: Path) -> None:
    """A 256 pixel square of the painting of an evaluation photo."""
    image = fit(Image.open(data_root() / "photos" / "eval" / f"{name}.jpg").convert("RGB"), 512, long=False)
    painting = paint_with_thumbnail(painter, image, vector)
    w, h = painting.size
    x, y = (w - 512) // 2, (h - 512) // 2
    path.parent.mkdir(parents=True, exist_ok=True)
    painting.crop((x, y, x + 512, y + 512)).resize((256, 256), Image.LANCZOS).save(path, quality=88)


def file_entry(path: Path) -> dict:
    data = path.read_bytes()
    return {"model": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def style_entry(style: StyleRecipe, generator: str, vector: Tensor) -> dict:
    """``vector``: base64 of the style vector's values, little-endian half precision."""
    packed = base64.b64encode(vector.detach().numpy().astype("<f2").tobytes()).decode()
    return {"id": style.id, "title": style.title, "artist": style.artist, "source": style.source,
            "licence": style.licence, "preview": f"previews/{style.id}.jpg", "generator": generator, "vector": packed}


def update_manifest(generator: dict, styles: List[dict]) -> None:
    path = MODELS / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {}
    if manifest.get("version") != 2:
        manifest = {"version": 2, "generators": [], "styles": []}
    manifest["generators"] = [g for g in manifest["generators"] if g["id"] != generator["id"]] + [generator]
    manifest["styles"] = [s for s in manifest["styles"] if s["generator"] != generator["id"]] + styles
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Publish a checkpoint as styles of the package.")
    parser.add_argument("recipe")
    parser.add_argument("checkpoint", type=Path, nargs="?", help="default: the last one of the recipe's training")
    parser.add_argument("--styles", nargs="*", help="default: all of the recipe")
    args = parser.parse_args()
    torch.set_num_threads(2)
    checkpoint = args.checkpoint or train_folder(args.recipe) / "last.pt"
    recipe, painter = load_recipe(args.recipe), prepare(checkpoint)
    styles = [s for s in recipe.styles if args.styles is None or s.id in args.styles]
    vectors = {s.id: painter.style(torch.tensor([painter.styles.index(s.id)])).detach() for s in styles}
    first = vectors[styles[0].id]
    # The engine takes the statistics of normalizations from thumbnails of this shorter side, as training did.
    metadata = {"licence": "Apache-2.0", "brushwork.thumbnail": str(THUMBNAIL)}
    save(to_onnx(painter.generator, first, False, metadata), train_folder(args.recipe) / "float.onnx")
    model, encoder = MODELS / f"{args.recipe}.onnx", MODELS / f"{args.recipe}-encoder.onnx"
    save(to_onnx(painter.generator, first, True, metadata), model)
    save(encoder_to_onnx(painter.encoder, {"licence": "Apache-2.0"}), encoder)
    compact(checkpoint, MODELS / "train" / "checkpoints" / f"{args.recipe}.pt")
    for style in styles:
        preview(painter, vectors[style.id], style.preview, MODELS / "previews" / f"{style.id}.jpg")
    update_manifest({"id": args.recipe, **file_entry(model), "inputRange": [0, 1], "outputRange": [0, 1],
                     "channelOrder": "rgb", "encoder": file_entry(encoder)},
                    [style_entry(s, args.recipe, vectors[s.id]) for s in styles])


if __name__ == "__main__":
    main()
