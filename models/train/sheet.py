"""Sample sheets: photos above, their paintings below."""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List

import torch
from PIL import Image

from data import data_root, fit, to_image, to_tensor

SAMPLES = ("kodak_01", "kodak_03", "kodak_05", "kodak_07", "kodak_09", "kodak_11",
           "kodak_13", "kodak_15", "kodak_17", "kodak_19", "kodak_21", "kodak_23")


def sample_photos(names: List[str], side: int) -> List[Image.Image]:
    folder = data_root() / "photos" / "eval"
    return [fit(Image.open(folder / f"{name}.jpg").convert("RGB"), side) for name in names]


@torch.no_grad()
def write_sheet(model: torch.nn.Module, path: Path, names: List[str], side: int, columns: int = 3,
                photos: bool = False, thumb: int = 0) -> None:
    """Paints the named evaluation photos at ``side`` pixels and writes them as one picture.

    ``thumb``: normalize with the statistics of a thumbnail of this short side (0: of the photo itself).
    """
    tiles: List[Image.Image] = []
    for image in sample_photos(names, side):
        small = to_tensor(fit(image, thumb, long=False)) if thumb else None
        if photos:
            tiles.append(image)
        tiles.append(to_image(model(to_tensor(image), small)))
    width, height = side, max(t.size[1] for t in tiles)
    rows = (len(tiles) + columns - 1) // columns
    sheet = Image.new("RGB", (columns * width, rows * height), "white")
    for i, tile in enumerate(tiles):
        sheet.paste(tile, (i % columns * width, i // columns * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def main() -> None:
    from train import load_generator

    parser = argparse.ArgumentParser(description="Paint the evaluation photos with a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--names", nargs="*", default=list(SAMPLES))
    parser.add_argument("--photos", action="store_true", help="put each photo before its painting")
    parser.add_argument("--thumb", type=int, default=0, help="statistics from a thumbnail of this short side")
    args = parser.parse_args()
    torch.set_num_threads(2)
    write_sheet(load_generator(args.checkpoint), args.output, args.names, args.side, args.columns, args.photos,
                args.thumb)


if __name__ == "__main__":
    main()
