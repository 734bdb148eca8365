"""Writes the twelve Kodak evaluation photos as PPM files for ``compare.mjs``: ``python3 write_ppm.py <folder>``."""
from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from data import data_root, fit_exact


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((data_root() / "photos" / "eval").glob("kodak_*.jpg")):
        fit_exact(Image.open(path).convert("RGB")).save(folder / f"{path.stem}.ppm")


if __name__ == "__main__":
    main()
