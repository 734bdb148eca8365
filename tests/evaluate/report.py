"""What was measured, as JSON, as Markdown and as a table for the terminal."""
from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Dict, List, Mapping, Optional, Sequence

from judging import CONTENT_BOUND, STYLE_BOUND, Answers, Verdict
from styles import Style

HEADINGS = ("style", "style distance", "of photo's", "content distance", "of crop's", "SSIM", "int8 PSNR median",
            "worst", "flicker", "steadied", "inside null answers")


@dataclass(frozen=True)
class StyleResult:
    """``photos`` and ``psnr`` by photo; ``flicker`` of single frames and, ``steadied``, of videos, by clip."""
    style: Style
    verdict: Verdict
    photos: Dict[str, Answers]
    psnr: Dict[str, float]
    flicker: Dict[str, float] = field(default_factory=dict)
    steadied: Dict[str, float] = field(default_factory=dict)

    @property
    def median_flicker(self) -> Optional[float]:
        return median(self.flicker.values()) if self.flicker else None

    @property
    def median_steadied(self) -> Optional[float]:
        return median(self.steadied.values()) if self.steadied else None


@dataclass(frozen=True)
class Report:
    """``notes``: what was left out and why."""
    settings: Mapping[str, Any]
    styles: Sequence[StyleResult]
    peers: Mapping[str, Verdict]
    notes: Sequence[str]


def summary(report: Report) -> str:
    inside = sum(1 for result in report.styles if result.verdict.inside)
    return (f"{inside} of {len(report.styles)} styles are clearly inside the null answers: style distance at most "
            f"{STYLE_BOUND} of the unpainted photo's, content distance at most {CONTENT_BOUND} of a style crop's")


def number(value: Optional[float], digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _measured(name: str, verdict: Verdict) -> List[str]:
    painting = verdict.answers["painting"]
    return [name, number(painting.style, 3), number(verdict.style_ratio), number(painting.content, 3),
            number(verdict.content_ratio), number(painting.ssim)]


def _judged(verdict: Verdict) -> str:
    if verdict.inside is None:
        return "-"
    return "pass" if verdict.inside else f"FAIL: {', '.join(verdict.faults)}"


def table(report: Report) -> List[List[str]]:
    """Rows of cells, the headings first."""
    rows = [list(HEADINGS)]
    for result in report.styles:
        rows.append([*_measured(result.style.id, result.verdict), number(median(result.psnr.values()), 1),
                     number(min(result.psnr.values()), 1), number(result.median_flicker),
                     number(result.median_steadied), _judged(result.verdict)])
    for label, verdict in report.peers.items():
        rows.append([*_measured(f"({label})", verdict), "-", "-", "-", "-", _judged(verdict)])
    return rows


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns under each other, the headings broken into words so that lines stay short."""
    heads = [cell.split(" ") for cell in rows[0]]
    height = max(len(words) for words in heads)
    top = [[words[i] if i < len(words) else "" for words in heads] for i in range(height)]
    lines = [*top, *rows[1:]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    last = len(heads) - 1
    text = [[cell.ljust(w) if i in (0, last) else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))]
            for line in lines]
    return "\n".join("  ".join(line).rstrip() for line in text)


def markdown(report: Report) -> str:
    heads, *rows = (f"| {' | '.join(row)} |" for row in table(report))
    lines = ["# Evaluation", "", summary(report) + ".", ""]
    lines += [heads, "|---" * len(HEADINGS) + "|", *rows, "", *EXPLANATION.splitlines(), ""]
    lines += [f"- {note}" for note in report.notes] + [""] * bool(report.notes)
    lines += [f"![{r.style.id}]({r.style.id}.png)" for r in report.styles]
    return "\n".join(lines) + "\n"


EXPLANATION = """\
Medians over the photos; the painting in int8, at 512 pixels. Style distance: means and standard deviations of SqueezeNet
1.1's channels against those of the style's own pictures, 0 for the same. Content distance: 1 minus the correlation of its
maps of photo and painting, 0 for the photo itself, about 1 for another picture. SSIM: of luma. Others' paintings are in
brackets. Int8 PSNR: decibels between the paintings of the same file with and without its quantizers. Flicker: warping error of
frames painted one by one, divided by the unpainted frames' own, median over the clips; steadied: the same of frames painted
as a video with steadiness 0.9. Numbers alone never decide: look at the sheets."""


def _verdict_json(verdict: Verdict) -> Dict[str, Any]:
    return {"medians": {kind: asdict(values) for kind, values in verdict.answers.items()},
            "styleRatio": verdict.style_ratio, "contentRatio": verdict.content_ratio,
            "inside": verdict.inside, "faults": verdict.faults}


def _style_json(result: StyleResult) -> Dict[str, Any]:
    return {"id": result.style.id, "title": result.style.title, **_verdict_json(result.verdict),
            "psnr": {"median": median(result.psnr.values()), "worst": min(result.psnr.values()), "photos": result.psnr},
            "flicker": {"median": result.median_flicker, "clips": result.flicker},
            "steadied": {"median": result.median_steadied, "clips": result.steadied},
            "photos": {name: {kind: asdict(values) for kind, values in answers.items()}
                       for name, answers in result.photos.items()}}


def to_json(report: Report) -> str:
    content = {"version": 1, "summary": summary(report), "settings": report.settings,
               "styles": [_style_json(result) for result in report.styles],
               "peers": {label: _verdict_json(verdict) for label, verdict in report.peers.items()},
               "notes": report.notes}
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def write_report(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(to_json(report))
    (folder / "report.md").write_text(markdown(report))
