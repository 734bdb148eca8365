import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from judging import Measures, judge_medians
from report import HEADINGS, Report, StyleResult, aligned, markdown, summary, table, write_report
from sheets import CAPTION, GAP, STYLE_HEIGHT, TILE, Row, style_sheet
from styles import Style

ANSWERS = {"painting": Measures(0.3, 0.6, 0.4), "photo": Measures(0.6, 0.0, 1.0), "crop": Measures(0.1, 1.0, 0.1)}
PEER = judge_medians({"photo": {"painting": Measures(None, 0.5, 0.4), "photo": Measures(None, 0.0, 1.0)}})
RESULT = StyleResult(Style("wave", "Wave", ("1.jpg",)), judge_medians({"photo": ANSWERS}), {"photo": ANSWERS},
                     {"photo": 40.0, "other": 30.0}, {"clip": 2.0, "second": 4.0}, {"clip": 0.8, "second": 1.2})
REPORT = Report({"photos": ["photo"]}, [RESULT], {"peer": PEER}, ["no video"])


def plain(height: int, width: int, value: int) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


class Reports(unittest.TestCase):
    def test_the_table_has_styles_and_peers(self):
        rows = table(REPORT)
        self.assertEqual(rows[0], list(HEADINGS))
        self.assertEqual(rows[1], ["wave", "0.300", "0.50", "0.600", "0.60", "0.40", "35.0", "30.0", "3.00", "1.00", "pass"])
        self.assertEqual(rows[2], ["(peer)", "-", "-", "0.500", "-", "0.40", "-", "-", "-", "-", "-"])
        self.assertEqual(len({line.index("0.40") for line in aligned(rows).splitlines()[3:]}), 1)

    def test_the_summary_counts_what_is_inside(self):
        self.assertIn("1 of 1 styles are clearly inside", summary(REPORT))

    def test_what_is_written_says_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            write_report(REPORT, Path(folder))
            written = json.loads((Path(folder) / "report.json").read_text())
            self.assertEqual((Path(folder) / "report.md").read_text(), markdown(REPORT))
        style = written["styles"][0]
        self.assertEqual((style["id"], style["inside"]), ("wave", True))
        self.assertEqual((style["styleRatio"], style["contentRatio"]), (0.5, 0.6))
        self.assertEqual(style["medians"]["crop"], {"style": 0.1, "content": 1.0, "ssim": 0.1})
        self.assertEqual((style["psnr"]["median"], style["psnr"]["worst"], style["flicker"]["median"]), (35, 30, 3))
        self.assertEqual((written["peers"]["peer"]["inside"], written["notes"]), (None, ["no video"]))


class Sheets(unittest.TestCase):
    def sheet(self, count: int) -> np.ndarray:
        rows = [Row(("photo", "float", "int8"), tuple(plain(200, 300, 10 * i) for i in (1, 2, 3)))] * count
        return style_sheet(["wave"], [plain(110, 200, 90)], rows)

    def test_two_photos_stand_beside_each_other(self):
        tile = TILE * 200 // 300
        for count, lines in ((2, 1), (3, 2)):
            height = STYLE_HEIGHT + lines * (GAP + CAPTION + GAP + tile)
            self.assertEqual(self.sheet(count).shape, (height, 6 * (TILE + GAP) - GAP, 3))

    def test_photo_float_and_int8_stand_in_this_order_below_their_captions(self):
        sheet = self.sheet(1)
        top = STYLE_HEIGHT + GAP + CAPTION + GAP
        self.assertEqual([int(sheet[top + 5, i * (TILE + GAP) + 5, 0]) for i in range(3)], [10, 20, 30])

    def test_portraits_are_as_high_as_landscapes_are_wide(self):
        row = Row(("photo", "float", "int8"), tuple(plain(300, 200, 50) for _ in range(3)))
        self.assertEqual(style_sheet(["wave"], [plain(110, 200, 90)], [row]).shape[0],
                         STYLE_HEIGHT + GAP + CAPTION + GAP + TILE)
