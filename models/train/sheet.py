"""Sample sheets: one row per style, one column per photo; the style's name stands in the first picture."""
from __future__ import annotations

import argparse
from pathlib import Path
from typing import List, Optional

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from data import THUMBNAIL, data_root, fit, to_image, to_tensor

SAMPLES = ("kodak_01", "kodak_03", "kodak_05", "kodak_07", "kodak_09", "kodak_11",
           "kodak_13", "kodak_15", "kodak_17", "kodak_19", "kodak_21", "kodak_23")


def sample_photos(names: List[str], side: int) -> List[Image.Image]:
    folder = data_root() / "photos" / "eval"
    return [fit(Image.open(folder / f"{name}.jpg").convert("RGB"), side) for name in names]


def paint_with_thumbnail(painter: torch.nn.Module, image: Image.Image, vector: Tensor) -> Image.Image:
    """The painting of a picture as the engine makes it: statistics from its thumbnail."""
    thumb = to_tensor(fit(image, THUMBNAIL, long=False))
    return to_image(painter.generator(to_tensor(image), vector, thumb))


def write_grid(tiles: List[List[Image.Image]], names: List[str], path: Path) -> None:
    """Rows of tiles as one picture, a name in each row's first one."""
    width = max(t.size[0] for row in tiles for t in row)
    heights = [max(t.size[1] for t in row) for row in tiles]
    sheet = Image.new("RGB", (max(len(r) for r in tiles) * width, sum(heights)), "white")
    draw, y = ImageDraw.Draw(sheet), 0
    for row, height, name in zip(tiles, heights, names):
        for column, tile in enumerate(row):
            sheet.paste(tile, (column * width, y))
        draw.rectangle((0, y, 6 * len(name) + 4, y + 12), fill="black")
        draw.text((2, y + 1), name, fill="white")
        y += height
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


@torch.no_grad()
def write_style_sheet(painter: torch.nn.Module, path: Path, names: List[str], side: int,
                      styles: Optional[List[str]] = None) -> None:
    """Paints the named evaluation photos at ``side`` pixels in every style."""
    photos = sample_photos(names, side)
    rows, titles = [photos], ["photo"]
    for style in styles or painter.styles:
        number = torch.tensor([painter.styles.index(style)], device=painter.codes.device)
        rows.append([paint_with_thumbnail(painter, p, painter.style(number)) for p in photos])
        titles.append(style)
    write_grid(rows, titles, path)


@torch.no_grad()
def write_picture_sheet(painter: torch.nn.Module, path: Path, names: List[str], side: int, pictures: List[Path]) -> None:
    """Paints the photos in the styles of any pictures, which stand in the first column."""
    photos = sample_photos(names, side)
    rows, titles = [[Image.new("RGB", (side, photos[0].size[1]))] + photos], [""]
    for picture in pictures:
        image = fit(Image.open(picture).convert("RGB"), 256, 16, long=False)
        vector = painter.encode(to_tensor(image))
        shown = image.copy()
        shown.thumbnail((side, photos[0].size[1]))
        rows.append([shown] + [paint_with_thumbnail(painter, p, vector) for p in photos])
        titles.append(picture.stem)
    write_grid(rows, titles, path)


def main() -> None:
    from painter import load_painter

    parser = argparse.ArgumentParser(description="Paint evaluation photos with a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--side", type=int, default=384)
    parser.add_argument("--names", nargs="*", default=list(SAMPLES[:4]))
    parser.add_argument("--styles", nargs="*", help="default: all")
    parser.add_argument("--pictures", nargs="*", type=Path, help="styles from these pictures instead")
    args = parser.parse_args()
    torch.set_num_threads(2)
    painter = load_painter(args.checkpoint)
    if args.pictures:
        write_picture_sheet(painter, args.output, args.names, args.side, args.pictures)
    else:
        write_style_sheet(painter, args.output, args.names, args.side, args.styles)


if __name__ == "__main__":
    main()
