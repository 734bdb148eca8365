import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from evaluation import spread
from pictures import fit_long, gray, saturate, write_picture
from samples import clouds
from styles import Style, read_styles, style_pictures


class Recipes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        entries = [{"id": name, "title": name.title(), "generator": "painter"} for name in ("b", "a", "gone")]
        recipe = [{"id": "a", "pictures": ["x/1.jpg"], "scale": 0.5, "saturation": 0.0},
                  {"id": "b", "pictures": ["x/1.jpg#0.25,0,1,0.5", "x/1.jpg"]}]
        (self.root / "manifest.json").write_text(json.dumps({"styles": entries}))
        (self.root / "painter.json").write_text(json.dumps({"styles": recipe}))
        write_picture(self.root / "styles" / "x" / "1.jpg", clouds(300, 200, 1))

    def test_styles_come_in_the_manifests_order_with_the_recipes_pictures(self):
        styles, unnamed = read_styles(self.root, self.root, [])
        self.assertEqual(styles, [Style("b", "B", ("x/1.jpg#0.25,0,1,0.5", "x/1.jpg")),
                                  Style("a", "A", ("x/1.jpg",), 0.5, 0.0)])
        self.assertEqual(unnamed, ["gone"])
        self.assertEqual(read_styles(self.root, self.root, ["a"]), (styles[1:], []))

    def test_an_unknown_style_is_named(self):
        with self.assertRaisesRegex(ValueError, "no style c; there are b, a, gone"):
            read_styles(self.root, self.root, ["a", "c"])

    def test_pictures_are_scaled_cut_and_coloured(self):
        (b, a), _ = read_styles(self.root, self.root, [])
        self.assertEqual([p.shape for p in style_pictures(b, self.root, 0.5)], [(128, 288, 3), (256, 384, 3)])
        (picture,) = style_pictures(a, self.root, 0.5)
        self.assertEqual(picture.shape, (128, 192, 3))
        np.testing.assert_array_equal(picture[..., 0], picture[..., 2])


class Pictures(unittest.TestCase):
    def test_the_longer_side_is_fitted(self):
        self.assertEqual(fit_long(clouds(40, 60, 1), 512).shape, (512, 341, 3))

    def test_saturation_keeps_luma(self):
        picture = clouds(40, 30, 1) // 2 + 64
        np.testing.assert_array_equal(saturate(picture, 1), picture)
        self.assertLessEqual(int(np.abs(gray(saturate(picture, 1.2)).astype(int) - gray(picture)).max()), 1)

    def test_a_few_are_spread_over_all(self):
        self.assertEqual(spread(list("abcdef"), 3), ["a", "c", "e"])
        self.assertEqual(spread(list("ab"), 0), ["a", "b"])
        self.assertEqual(spread(list("ab"), 5), ["a", "b"])
