"""What one step paints: photos, the style of each, and what the losses compare the paintings with."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional

import torch
from torch import Tensor

import losses as L
from data import ArtCrops, PhotoCrops, StyleCrops, data_root, load_all, photo_paths, style_picture
from features import Vgg
from painter import Painter
from recipe import Recipe

COLORS = 1024
# Of the pictures that only the encoder sees, the part that are the photo itself: its own style must give the photo back.
IDENTITY = 0.2


@dataclass
class Batch:
    """The first ``len(numbers)`` samples are of built-in styles, the others of the ``pictures``."""

    photo: Tensor                # [N, 3, S, S]
    thumb: Optional[Tensor]      # [N, 3, h, w], or None: statistics of the crop itself
    numbers: Tensor              # [B], B < N
    real: Tensor                 # [B, 3, S, S], crops of the built-in styles' pictures
    pictures: Tensor             # [N - B, 3, S, S], shown to the encoder
    targets: Dict[str, Tensor]   # [N, C, C] for each layer
    floor: Dict[str, Tensor]     # [N] for each layer, see losses.style_loss
    colors: Tensor               # [N, 3, COLORS]
    style: Tensor                # [N], factors of the style and palette terms
    content: Tensor              # [N], of the content term
    identity: Tensor             # [N], 1 where the painting should be the photo

    def vectors(self, painter: Painter) -> Tensor:
        return torch.cat([painter.style(self.numbers), painter.encode(self.pictures)])


class BatchSource:
    """Makes the batches of a recipe; seeded, with a state for checkpoints."""

    def __init__(self, recipe: Recipe, vgg: Vgg, device: torch.device):
        self.recipe, self.vgg, self.device = recipe, vgg, device
        self.noise = torch.Generator().manual_seed(recipe.seed)
        self.photos = PhotoCrops(load_all(photo_paths(data_root())[0]), recipe.batch, recipe.seed)
        self.art = ArtCrops(data_root(), recipe.seed)
        pictures = [[style_picture(p, s.scale, s.saturation) for p in s.pictures] for s in recipe.styles]
        self.styles = StyleCrops(pictures, recipe.seed)
        self.pictures = [[p[None].to(device).float() / 255 for p in own] for own in pictures]
        self.targets = [L.style_targets(vgg, own) for own in self.pictures]
        self.floor = {layer: 0.2 * sum(t[layer].square().sum().item() for t in self.targets) / len(self.targets)
                      for layer in L.STYLE_LAYERS}
        self.queue: List[int] = []

    def state(self) -> dict:
        return {"noise": self.noise.get_state(), "queue": self.queue,
                "samplers": [s.state() for s in (self.photos, self.art, self.styles)]}

    def restore(self, state: dict) -> None:
        self.noise.set_state(state["noise"])
        self.queue = [n for n in state["queue"] if n < len(self.recipe.styles)]
        for sampler, saved in zip((self.photos, self.art, self.styles), state["samplers"]):
            sampler.restore(saved)

    def _numbers(self, count: int) -> List[int]:
        """The next built-in styles: all of them before any again."""
        while len(self.queue) < count:
            self.queue += torch.randperm(len(self.recipe.styles), generator=self.noise).tolist()
        numbers, self.queue = self.queue[:count], self.queue[count:]
        return numbers

    def next(self, thumbnails: bool) -> Batch:
        size = self.recipe.crop
        photo, thumb = (t.to(self.device) for t in self.photos.next(size))
        built_in = self.recipe.batch - 1
        numbers = self._numbers(built_in)
        chosen = [self.recipe.styles[n] for n in numbers]
        targets = [self.targets[n] for n in numbers]
        colors = [L.palette_samples(self.pictures[n], COLORS, self.noise) for n in numbers]
        style, content = [s.style for s in chosen], [s.content for s in chosen]
        identity, pictures = [0.0] * built_in, []
        for i in range(built_in, self.recipe.batch):
            itself = torch.rand(1, generator=self.noise).item() < IDENTITY
            picture = photo[i:i + 1] if itself else self.art.next(size).to(self.device)
            pictures.append(picture)
            targets.append(L.style_targets(self.vgg, [picture]))
            colors.append(L.palette_samples([picture], COLORS, self.noise))
            style.append(0.1 if itself else 1.0)
            content.append(1.0)
            identity.append(1.0 if itself else 0.0)
        weigh = lambda values: torch.tensor(values, device=self.device)
        return Batch(photo, thumb if thumbnails else None, torch.tensor(numbers, device=self.device),
                     torch.cat([self.styles.next(n, size) for n in numbers]).to(self.device), torch.cat(pictures),
                     {layer: torch.cat([t[layer] for t in targets]) for layer in L.STYLE_LAYERS},
                     {layer: weigh([0.0] * built_in + [self.floor[layer]] * (self.recipe.batch - built_in))
                      for layer in L.STYLE_LAYERS}, torch.stack(colors),
                     weigh(style), weigh(content), weigh(identity))
