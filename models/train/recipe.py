"""A run's recipe, ``recipes/<name>.json``: its styles, loss weights and steps."""
from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Dict, List

RECIPES = Path(__file__).resolve().parent / "recipes"


@dataclass(frozen=True)
class StyleRecipe:
    """One built-in style: the words of the manifest, its pictures, and how strongly it paints."""

    id: str
    title: str
    artist: str
    source: str
    pictures: List[str]
    licence: str = "Apache-2.0 (weights); the picture is in the public domain"
    preview: str = "kodak_23"
    scale: float = 1.0       # short side of the pictures in units of 512 pixels: larger means larger strokes
    saturation: float = 1.0
    style: float = 1.0       # factor of the style term
    content: float = 1.0     # factor of the content term


@dataclass
class Recipe:
    """Everything that defines a run."""

    styles: List[StyleRecipe]
    seed: int = 1
    batch: int = 4
    crop: int = 128          # pixels; small ones make more steps
    generator: Dict[str, int] = field(default_factory=dict)
    weights: Dict[str, float] = field(default_factory=dict)
    exact_steps: int = 800       # statistics of the crop itself
    thumb_steps: int = 4000      # of a thumbnail in half of the batches
    quantized_steps: int = 800   # the same with int8 weights and activations
    decay_steps: int = 1500      # of the float steps, those at the end in which the learning rate falls
    rate: float = 1.5e-3
    quantized_rate: float = 4e-4
    judge_rate: float = 8e-4

    @property
    def float_steps(self) -> int:
        return self.exact_steps + self.thumb_steps

    @property
    def steps(self) -> int:
        return self.float_steps + self.quantized_steps

    def learning_rate(self, step: int) -> float:
        """Constant, then cosine decay at the end of the float phases; cosine again from a lower rate when quantized."""
        if step >= self.float_steps:
            t = (step - self.float_steps) / max(1, self.quantized_steps)
            return self.quantized_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * t)))
        warm = min(1.0, (step + 1) / 50)
        t = max(0.0, (step - self.float_steps + self.decay_steps) / self.decay_steps)
        return warm * self.rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t)))


def load_recipe(name: str) -> Recipe:
    values = json.loads((RECIPES / f"{name}.json").read_text())
    values["styles"] = [StyleRecipe(**s) for s in values["styles"]]
    return Recipe(**{f.name: values[f.name] for f in fields(Recipe) if f.name in values})


def train_folder(name: str) -> Path:
    """Where checkpoints and sheets of a run go."""
    root = Path(os.environ.get("BRUSHWORK_CACHE", Path.home() / ".cache" / "brushwork"))
    return root / "train" / name
