"""Trains a painter: ``python3 train.py painter``. Resumes from its last checkpoint.

Three phases: exact normalization statistics; half of the batches with statistics from thumbnails of the whole photos;
the same with fake int8 quantization. Checkpoints and sample sheets go to ``~/.cache/brushwork/train/<recipe>``.
"""
from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import torch
from PIL import Image
from torch import Tensor

import losses as L
from batches import Batch, BatchSource
from data import data_root, fit, photo_paths, to_tensor
from discriminator import MultiScaleDiscriminator, judge_loss, painter_loss
from features import Vgg
from generator import GeneratorConfig
from painter import Painter
from quantize import calibrate, equalize, set_quantization
from recipe import Recipe, load_recipe, train_folder
from sheet import write_style_sheet

# Style and content look at the inside only: along the border the reflected pixels invite painted frames.
INSIDE = (slice(None), slice(None), slice(8, -8), slice(8, -8))


def calibration_samples(painter: Painter, count: int, seed: int = 0) -> Iterator[Tuple[Tensor, Tensor]]:
    """Whole training photos ``[1, 3, H, W]``, long side 320, each with the vector ``[1, V]`` of one style after the other."""
    paths, _ = photo_paths(data_root())
    device = painter.codes.device
    for i, path in enumerate(paths[seed % 7::max(1, len(paths) // count)][:count]):
        photo = to_tensor(fit(Image.open(path).convert("RGB"), 320)).to(device)
        yield photo, painter.style(torch.tensor([i % len(painter.styles)], device=device)).detach()


def rate_groups(painter: Painter) -> List[dict]:
    """Parameters with factors of the learning rate. The head's matrix moves every entry of every style vector by the sum
    over a code, so its own steps must be small or the styles jitter."""
    head = list(painter.encoder.head.parameters())
    slow = {id(p) for p in head} | {id(painter.codes)}
    others = [p for p in painter.parameters() if p.requires_grad and id(p) not in slow]
    return [{"params": others, "factor": 1.0}, {"params": head, "factor": 0.1}, {"params": [painter.codes], "factor": 2.0}]


class Trainer:
    def __init__(self, recipe: Recipe, folder: Path):
        self.recipe, self.folder = recipe, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(recipe.seed)
        self.painter = Painter(GeneratorConfig(**recipe.generator), [s.id for s in recipe.styles]).to(self.device)
        self.judge = MultiScaleDiscriminator(len(recipe.styles)).to(self.device)
        self.vgg = Vgg(data_root() / "nets" / "vgg19_conv1_1-conv3_4").to(self.device)
        self.weights = L.LossWeights(**recipe.weights)
        self.source = BatchSource(recipe, self.vgg, self.device)
        self.optimizer = torch.optim.Adam(rate_groups(self.painter), recipe.rate, betas=(0.8, 0.99))
        self.judge_optimizer = torch.optim.Adam(self.judge.parameters(), recipe.judge_rate, betas=(0.5, 0.99))
        self.step, self.seconds, self.quantized = 0, 0.0, False
        self.means: Dict[str, float] = {}

    def save(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        state = {"config": self.painter.generator.config.to_dict(), "styles": self.painter.styles,
                 "painter": self.painter.state_dict(), "judge": self.judge.state_dict(),
                 "optimizer": self.optimizer.state_dict(), "judge_optimizer": self.judge_optimizer.state_dict(),
                 "step": self.step, "seconds": self.seconds, "quantized": self.quantized,
                 "source": self.source.state(), "means": self.means}
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)
        return path

    def resume(self, path: Path, weights_only: bool = False) -> None:
        """Goes on from a full checkpoint, or starts anew from the weights of one."""
        saved = torch.load(path, map_location="cpu")
        weights = {k: v.float() if v.is_floating_point() else v for k, v in saved["painter"].items()}
        codes, known = self.painter.codes.detach().cpu().clone(), saved["styles"]
        for number, style in enumerate(self.painter.styles):
            if style in known:
                codes[number] = weights["codes"][known.index(style)]
        self.painter.load_state_dict({**weights, "codes": codes})
        if weights_only:
            return
        if known != self.painter.styles:
            raise ValueError(f"{path} has the styles {known}; begin with --fresh --init {path}")
        self.judge.load_state_dict(saved["judge"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.judge_optimizer.load_state_dict(saved["judge_optimizer"])
        self.source.restore(saved["source"])
        self.step, self.seconds, self.means = saved["step"], saved["seconds"], saved["means"]
        self.quantized = saved["quantized"]
        set_quantization(self.painter, self.quantized)
        print(f"resumed at step {self.step}", flush=True)

    def start_quantization(self) -> None:
        """Equalizes the channels, fits the activation ranges and turns fake quantization on."""
        equalize(self.painter, calibration_samples(self.painter, 84))
        calibrate(self.painter, calibration_samples(self.painter, 42))
        set_quantization(self.painter, True)
        self.optimizer.state.clear()
        self.quantized = True

    def refresh_ranges(self) -> None:
        set_quantization(self.painter, False)
        calibrate(self.painter, calibration_samples(self.painter, 28, self.step), keep=0.6)
        set_quantization(self.painter, True)

    def train_judge(self, batch: Batch, painting: Tensor) -> Tensor:
        """One update of the discriminators; they are frozen again afterwards."""
        for p in self.judge.parameters():
            p.requires_grad_(True)
        fake = painting[:len(batch.numbers)].detach()[INSIDE]
        loss = judge_loss(self.judge(batch.real, batch.numbers), self.judge(fake, batch.numbers))
        self.judge_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.judge_optimizer.step()
        for p in self.judge.parameters():
            p.requires_grad_(False)
        return loss

    def losses(self, batch: Batch, vectors: Tensor, raw: Tensor, raw_thumb: Tensor) -> Dict[str, Tensor]:
        """The generator's weighted losses; those of single samples are ``[N]``."""
        w, built_in = self.weights, len(batch.numbers)
        painting = L.clamp_straight_through(raw)
        maps = self.vgg(painting[INSIDE])
        with torch.no_grad():
            photo_maps = self.vgg(batch.photo[INSIDE], last=L.CONTENT_LAYER)
        whole = painting if raw_thumb is None else L.clamp_straight_through(raw_thumb)
        terms = {"style": w.style * batch.style * L.style_loss(maps, batch.targets, batch.floor),
                 "content": w.content * batch.content * L.content_loss(maps, photo_maps),
                 "palette": w.palette * batch.style * L.palette_loss(whole, batch.colors, self.source.noise),
                 "identity": w.identity * batch.identity * (painting - batch.photo).abs().mean((1, 2, 3)),
                 "adversarial": w.adversarial * painter_loss(self.judge(painting[:built_in][INSIDE], batch.numbers)),
                 "range": w.range * L.range_loss(raw)}
        if w.steady and self.step % 4 in (1, 2):  # half of the batches, with and without thumbnails
            window, y, x = L.disturb(batch.photo, self.source.noise)
            again = L.clamp_straight_through(self.painter.generator.raw(window, vectors, batch.thumb)[0])
            terms["steady"] = w.steady * L.steady_loss(painting, again, y, x)
        return terms

    def run_step(self) -> Dict[str, float]:
        """One update of the discriminators and of the painter; returns the weighted losses, by style too."""
        batch = self.source.next(self.step >= self.recipe.exact_steps and self.step % 2 == 0)
        vectors = batch.vectors(self.painter)
        raw, raw_thumb = self.painter.generator.raw(batch.photo, vectors, batch.thumb)
        judged = self.train_judge(batch, raw.clamp(0, 1))
        terms = self.losses(batch, vectors, raw, raw_thumb)
        self.optimizer.zero_grad(set_to_none=True)
        sum(t.mean() for t in terms.values()).backward()
        # A crop without any contrast can make gradients overflow; one such step would spoil every weight.
        if torch.nn.utils.clip_grad_norm_(self.painter.parameters(), 5.0).isfinite():
            self.optimizer.step()
        result = {k: v.mean().item() for k, v in terms.items() if k != "identity"}
        for i, number in enumerate(batch.numbers.tolist()):
            result[self.painter.styles[number]] = terms["style"][i].item() / self.recipe.styles[number].style
        for i in range(len(batch.numbers), len(batch.photo)):
            key = "identity" if batch.identity[i] else "art"
            result[key] = terms["identity" if batch.identity[i] else "style"][i].item()
        return {**result, "judge": judged.item()}

    def report(self) -> None:
        text = "  ".join(f"{k} {v:.3f}" for k, v in self.means.items())
        print(f"{self.step}/{self.recipe.steps}  {self.seconds:.0f} s  {text}", flush=True)

    def run(self, until: int, sheet_every: int) -> None:
        while self.step < until:
            start = time.time()
            if self.step >= self.recipe.float_steps and not self.quantized:
                self.save("float.pt")
                self.start_quantization()
            for group in self.optimizer.param_groups:
                group["lr"] = group["factor"] * self.recipe.learning_rate(self.step)
            for key, value in self.run_step().items():
                if not math.isfinite(value):
                    raise FloatingPointError(f"step {self.step}: {key} is {value}; the last checkpoint is still good")
                self.means[key] = 0.95 * self.means.get(key, value) + 0.05 * value
            self.step += 1
            remaining = self.recipe.steps - self.step
            if self.quantized and self.step % 50 == 0 and remaining >= self.recipe.quantized_steps // 3:
                self.refresh_ranges()
            self.seconds += time.time() - start
            if self.step % 20 == 0:
                self.report()
            if self.step % 100 == 0 or self.step == until:
                self.save("last.pt")
            if self.step % sheet_every == 0 or self.step == until:
                write_style_sheet(self.painter, self.folder / "sheets" / f"{self.step:05d}.png",
                                  ["kodak_03", "kodak_15", "kodak_23", "kodak_19"], 320)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a painter.")
    parser.add_argument("recipe")
    parser.add_argument("--steps", type=int, help="stop here instead of at the recipe's end")
    parser.add_argument("--folder", type=Path, help="where checkpoints and sheets go")
    parser.add_argument("--init", type=Path, help="start from the weights of this checkpoint")
    parser.add_argument("--fresh", action="store_true", help="ignore the last checkpoint")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sheet-every", type=int, default=500)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    recipe = load_recipe(args.recipe)
    folder = args.folder or train_folder(args.recipe)
    trainer = Trainer(recipe, folder)
    if (folder / "last.pt").exists() and not args.fresh:
        trainer.resume(folder / "last.pt")
    elif args.init:
        trainer.resume(args.init, weights_only=True)
    trainer.run(min(args.steps or recipe.steps, recipe.steps), args.sheet_every)


if __name__ == "__main__":
    main()
