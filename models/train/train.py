"""Trains one style: ``python3 train.py starry-night``. Resumes from its last checkpoint.

Three phases: exact normalization statistics; half of the batches with statistics from a thumbnail of the whole photo;
the same with fake int8 quantization. Checkpoints and sample sheets go to ``~/.cache/brushwork/train/<style>``.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Dict, List

import torch
from PIL import Image, ImageEnhance

import losses as L
from data import PhotoCrops, StyleCrops, data_root, fit, photo_paths, to_tensor
from discriminator import MultiScaleDiscriminator, judge_loss, painter_loss
from features import Vgg
from generator import Generator, GeneratorConfig
from quantize import calibrate, equalize, set_quantization
from sheet import write_sheet

STYLES = Path(__file__).resolve().parent / "styles"


@dataclass
class Recipe:
    """Everything that defines a run; ``styles/<id>.json`` overrides the defaults."""

    pictures: List[str]
    scales: List[float]
    seed: int = 1
    batch: int = 4
    crop: int = 176
    saturation: float = 1.0
    generator: Dict[str, int] = None
    weights: Dict[str, float] = None
    exact_steps: int = 700
    thumb_steps: int = 250
    quantized_steps: int = 350
    rate: float = 1.5e-3
    quantized_rate: float = 3e-4
    contrast: float = 0.6
    judge_rate: float = 4e-4

    @property
    def steps(self) -> int:
        return self.exact_steps + self.thumb_steps + self.quantized_steps


def load_recipe(style: str) -> Recipe:
    values = json.loads((STYLES / f"{style}.json").read_text())
    return Recipe(**{f.name: values[f.name] for f in fields(Recipe) if f.name in values})


def train_folder(style: str) -> Path:
    root = Path(os.environ.get("BRUSHWORK_CACHE", Path.home() / ".cache" / "brushwork"))
    return root / "train" / style


def load_generator(path: Path) -> Generator:
    """The generator of a checkpoint, on the CPU, with quantization as it was when saved."""
    saved = torch.load(path, map_location="cpu")
    model = Generator(GeneratorConfig(**saved["config"]))
    model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in saved["generator"].items()})
    set_quantization(model, saved["quantized"])
    return model.eval()


def learning_rate(recipe: Recipe, step: int) -> float:
    """Cosine decay over the float phases, then again from a lower rate over the quantized one."""
    float_steps = recipe.exact_steps + recipe.thumb_steps
    if step < float_steps:
        warm = min(1.0, (step + 1) / 20)
        return warm * recipe.rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * step / float_steps)))
    t = (step - float_steps) / max(1, recipe.quantized_steps)
    return recipe.quantized_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * t)))


def style_pictures(recipe: Recipe) -> List[Image.Image]:
    """The style's pictures at each scale (1 is a short side of 512 pixels).

    A name may end in ``#left,top,right,bottom`` (fractions) for a part of a picture, which counts like a whole one.
    """
    pictures = []
    for name in recipe.pictures:
        name, _, box = name.partition("#")
        image = Image.open(data_root() / "styles" / name).convert("RGB")
        image = ImageEnhance.Color(image).enhance(recipe.saturation)
        for scale in recipe.scales:
            scaled = fit(image, round(512 * scale), long=False)
            if box:
                sides = scaled.size * 2
                scaled = scaled.crop(tuple(round(float(f) * s) for f, s in zip(box.split(","), sides)))
            pictures.append(scaled)
    return pictures


def calibration_photos(device: torch.device, count: int, seed: int = 0) -> List[torch.Tensor]:
    """Whole training photos, long side 448, ``[1, 3, H, W]`` each."""
    paths, _ = photo_paths(data_root())
    picked = paths[seed % 7::max(1, len(paths) // count)][:count]
    return [to_tensor(fit(Image.open(p).convert("RGB"), 448)).to(device) for p in picked]


@torch.no_grad()
def match_contrast(model: Generator, photos: List[torch.Tensor], pictures: List[torch.Tensor], amount: float) -> None:
    """Moves contrast and mean colour of the paintings towards the style's, by the last convolution alone.

    ``amount`` 0 leaves it, 1 goes all the way. Gram losses on small crops settle for too little contrast.
    """
    def moments(images: List[torch.Tensor]) -> List[torch.Tensor]:
        colors = torch.cat([torch.nn.functional.avg_pool2d(i, 4).flatten(2)[0] for i in images], 1)
        return [colors.mean(1), colors.std(1)]

    mean, std = moments([model(p) for p in photos])
    style_mean, style_std = moments(pictures)
    gain = 1 + amount * ((style_std / std).mean() - 1)
    print(f"contrast: paintings {std.tolist()}, style {style_std.tolist()}, gain {gain.item():.3f}", flush=True)
    model.last.bias.copy_((model.last.bias - mean) * gain + mean + amount * (style_mean - mean))
    model.last.weight.mul_(gain)


class Trainer:
    def __init__(self, style: str, recipe: Recipe, folder: Path):
        self.recipe, self.folder = recipe, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(recipe.seed)
        self.noise = torch.Generator().manual_seed(recipe.seed)
        self.model = Generator(GeneratorConfig(**(recipe.generator or {}))).to(self.device)
        self.judge = MultiScaleDiscriminator().to(self.device)
        self.vgg = Vgg(data_root() / "nets" / "vgg19_conv1_1-conv3_4").to(self.device)
        self.weights = L.LossWeights(**(recipe.weights or {}))
        pictures = style_pictures(recipe)
        self.pictures = [to_tensor(p).to(self.device) for p in pictures]
        self.targets = L.style_targets(self.vgg, self.pictures)
        self.photos = PhotoCrops(photo_paths(data_root())[0], recipe.batch, recipe.crop, recipe.seed)
        self.styles = StyleCrops(pictures, recipe.batch, recipe.crop, recipe.seed)
        self.optimizer = torch.optim.Adam([p for p in self.model.parameters() if p.requires_grad], recipe.rate,
                                          betas=(0.8, 0.99))
        self.judge_optimizer = torch.optim.Adam(self.judge.parameters(), recipe.judge_rate, betas=(0.5, 0.99))
        self.step, self.seconds, self.quantized = 0, 0.0, False

    @property
    def float_steps(self) -> int:
        return self.recipe.exact_steps + self.recipe.thumb_steps

    def save(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        state = {"config": self.model.config.to_dict(), "generator": self.model.state_dict(),
                 "judge": self.judge.state_dict(), "optimizer": self.optimizer.state_dict(),
                 "judge_optimizer": self.judge_optimizer.state_dict(), "step": self.step, "seconds": self.seconds,
                 "quantized": self.quantized, "photos": self.photos.state(), "noise": self.noise.get_state()}
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)
        return path

    def resume(self, path: Path, weights_only: bool = False) -> None:
        """Goes on from a full checkpoint, or starts anew from the weights of one."""
        saved = torch.load(path, map_location="cpu")
        self.model.load_state_dict({k: v.float() if v.is_floating_point() else v
                                    for k, v in saved["generator"].items()})
        if weights_only:
            return
        self.judge.load_state_dict(saved["judge"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.judge_optimizer.load_state_dict(saved["judge_optimizer"])
        self.photos.restore(saved["photos"])
        self.noise.set_state(saved["noise"])
        self.step, self.seconds, self.quantized = saved["step"], saved["seconds"], saved["quantized"]
        set_quantization(self.model, self.quantized)
        print(f"resumed at step {self.step}", flush=True)

    def start_quantization(self) -> None:
        """Matches the style's contrast, equalizes the channels, fits the activation ranges and turns fake quantization on."""
        photos = calibration_photos(self.device, 24)
        match_contrast(self.model, photos, self.pictures, self.recipe.contrast)
        equalize(self.model, calibration_photos(self.device, 48))
        calibrate(self.model, photos)
        set_quantization(self.model, True)
        self.optimizer.state.clear()
        self.quantized = True

    def refresh_ranges(self) -> None:
        set_quantization(self.model, False)
        calibrate(self.model, calibration_photos(self.device, 12, self.step), keep=0.6)
        set_quantization(self.model, True)

    def run_step(self) -> Dict[str, float]:
        """One update of the discriminators and of the generator; returns the weighted losses."""
        w, recipe = self.weights, self.recipe
        photo, thumb = (t.to(self.device) for t in self.photos.next())
        real = self.styles.next().to(self.device)
        use_thumb = self.step >= recipe.exact_steps and self.step % 2 == 0
        thumb = thumb if use_thumb else None
        raw = self.model.raw(photo, thumb)
        painting = L.clamp_straight_through(raw)

        for p in self.judge.parameters():
            p.requires_grad_(True)
        judged = judge_loss(self.judge(real), self.judge(painting.detach()[:, :, 8:-8, 8:-8]))
        self.judge_optimizer.zero_grad(set_to_none=True)
        judged.backward()
        self.judge_optimizer.step()
        for p in self.judge.parameters():
            p.requires_grad_(False)

        # Style and content look at the inside only: along the border the reflected pixels invite painted frames.
        inside = (slice(None), slice(None), slice(8, -8), slice(8, -8))
        maps = self.vgg(painting[inside])
        with torch.no_grad():
            photo_maps = self.vgg(photo[inside], last=L.CONTENT_LAYER)
        terms = {"style": w.style * L.style_loss(maps, self.targets),
                 "content": w.content * L.content_loss(maps, photo_maps),
                 "adversarial": w.adversarial * painter_loss(self.judge(painting[inside])),
                 "range": w.range * L.range_loss(raw)}
        if w.smooth:
            terms["smooth"] = w.smooth * L.smooth_loss(painting, photo)
        if w.palette:
            terms["palette"] = w.palette * L.palette_loss(painting, real, self.noise)
        if w.steady and self.step % 4 in (1, 2):  # half of the batches, with and without thumbnails
            window, y, x = L.disturb(photo, self.noise)
            again = L.clamp_straight_through(self.model.raw(window, thumb))
            terms["steady"] = w.steady * L.steady_loss(painting, again, y, x)
        self.optimizer.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        return {**{k: v.item() for k, v in terms.items()}, "judge": judged.item()}

    def run(self, until: int, sheet_every: int) -> None:
        names, means = ["kodak_03", "kodak_07", "kodak_15", "kodak_17", "kodak_19", "kodak_23"], {}
        while self.step < until:
            start = time.time()
            if self.step == self.float_steps and not self.quantized:
                self.save("float.pt")
                self.start_quantization()
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(self.recipe, self.step)
            for key, value in self.run_step().items():
                means[key] = 0.9 * means.get(key, value) + 0.1 * value
            self.step += 1
            remaining = self.recipe.steps - self.step
            if self.quantized and self.step % 40 == 0 and remaining >= self.recipe.quantized_steps // 3:
                self.refresh_ranges()
            self.seconds += time.time() - start
            if self.step % 10 == 0:
                text = "  ".join(f"{k} {v:.3f}" for k, v in means.items())
                print(f"{self.step}/{self.recipe.steps}  {self.seconds:.0f} s  {text}", flush=True)
            if self.step % 50 == 0 or self.step == until:
                self.save("last.pt")
            if self.step % sheet_every == 0 or self.step == until:
                write_sheet(self.model, self.folder / "sheets" / f"{self.step:05d}.png", names, 512)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train one style.")
    parser.add_argument("style")
    parser.add_argument("--steps", type=int, help="stop here instead of at the recipe's end")
    parser.add_argument("--folder", type=Path, help="where checkpoints and sheets go")
    parser.add_argument("--init", type=Path, help="start from the weights of this checkpoint")
    parser.add_argument("--fresh", action="store_true", help="ignore the last checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sheet-every", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    recipe = load_recipe(args.style)
    folder = args.folder or train_folder(args.style)
    trainer = Trainer(args.style, recipe, folder)
    if (folder / "last.pt").exists() and not args.fresh:
        trainer.resume(folder / "last.pt")
    elif args.init:
        trainer.resume(args.init, weights_only=True)
    trainer.run(min(args.steps or recipe.steps, recipe.steps), args.sheet_every)


if __name__ == "__main__":
    main()
