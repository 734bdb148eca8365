"""Publishes a checkpoint: int8 ONNX, compact checkpoint, preview and its entry in ``models/manifest.json``.

``python3 publish.py starry-night [checkpoint]``; the words for the manifest come from ``styles/<id>.json``.
"""
from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from PIL import Image

from data import THUMBNAIL, data_root, fit, to_image, to_tensor
from export_onnx import prepare, save, to_onnx
from train import STYLES, train_folder

MODELS = Path(__file__).resolve().parents[1]


def compact(checkpoint: Path, path: Path) -> None:
    """The weights and ranges only, without optimizers and discriminators."""
    saved = torch.load(checkpoint, map_location="cpu")
    kept = {key: saved[key] for key in ("config", "generator", "quantized", "step", "seconds")}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(kept, path)
    print(f"{path}: {path.stat().st_size} bytes")


@torch.no_grad()
def preview(model: torch.nn.Module, name: str, path: Path) -> None:
    """A 256 pixel square of the painting of an evaluation photo."""
    image = fit(Image.open(data_root() / "photos" / "eval" / f"{name}.jpg").convert("RGB"), 512, long=False)
    painting = to_image(model(to_tensor(image)))
    w, h = painting.size
    x, y = (w - 512) // 2, (h - 512) // 2
    path.parent.mkdir(parents=True, exist_ok=True)
    painting.crop((x, y, x + 512, y + 512)).resize((256, 256), Image.LANCZOS).save(path, quality=90)


def update_manifest(style: str, about: dict, model: Path) -> None:
    path = MODELS / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {"version": 1, "styles": []}
    entry = {"id": style, "title": about["title"], "artist": about["artist"], "source": about["source"],
             "licence": about["licence"], "model": model.name, "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
             "bytes": model.stat().st_size, "inputRange": [0, 1], "outputRange": [0, 1], "channelOrder": "rgb",
             "preview": f"previews/{style}.jpg"}
    styles = [s for s in manifest["styles"] if s["id"] != style] + [entry]
    manifest["styles"] = sorted(styles, key=lambda s: s["id"])
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Publish a checkpoint as a style of the package.")
    parser.add_argument("style")
    parser.add_argument("checkpoint", type=Path, nargs="?", help="default: the last one of the style's training")
    args = parser.parse_args()
    torch.set_num_threads(2)
    checkpoint = args.checkpoint or train_folder(args.style) / "last.pt"
    about = json.loads((STYLES / f"{args.style}.json").read_text())["about"]
    model = prepare(checkpoint)
    # The engine takes the statistics of normalizations from thumbnails of this shorter side, as training did.
    metadata = {"title": about["title"], "licence": about["licence"], "brushwork.thumbnail": str(THUMBNAIL)}
    save(to_onnx(model, False, metadata), train_folder(args.style) / "float.onnx")
    save(to_onnx(model, True, metadata), MODELS / f"{args.style}.onnx")
    compact(checkpoint, MODELS / "train" / "checkpoints" / f"{args.style}.pt")
    preview(model, about["preview"], MODELS / "previews" / f"{args.style}.jpg")
    update_manifest(args.style, about, MODELS / f"{args.style}.onnx")


if __name__ == "__main__":
    main()
