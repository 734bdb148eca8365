import unittest

import numpy as np

from judging import MEASURED_SIDE, Judge, Measures, judge_medians, style_piece
from pictures import random_window
from samples import ColoursAndEdges, clouds, noisy

JUDGE = Judge(ColoursAndEdges())
PHOTO = JUDGE.look(clouds(MEASURED_SIDE, 320, 1))
# Darker than the photo and full of noise.
STYLE = JUDGE.target("style", [noisy(clouds(400, 300, 2) // 2, 30)])


def answer(style: float, content: float):
    return {"painting": Measures(style, content, 0.5), "photo": Measures(1.0, 0.0, 1.0), "crop": Measures(0.1, 1.0, 0.1)}


class NullAnswers(unittest.TestCase):
    def test_the_photo_keeps_all_content_and_a_piece_of_the_style_all_style(self):
        found = JUDGE.answers("photo", PHOTO, PHOTO.picture, STYLE)
        self.assertEqual(found["painting"], found["photo"])
        self.assertAlmostEqual(found["photo"].content, 0, places=5)
        self.assertAlmostEqual(found["photo"].ssim, 1)
        self.assertLess(found["crop"].style, found["photo"].style / 2)
        self.assertGreater(found["crop"].content, 0.7)

    def test_neither_is_inside(self):
        piece = style_piece(STYLE, "photo", MEASURED_SIDE, 320)
        for painting, fault in ((PHOTO.picture, "too little style"), (piece, "too little content")):
            verdict = judge_medians({"photo": JUDGE.answers("photo", PHOTO, painting, STYLE)})
            self.assertEqual((verdict.inside, verdict.faults), (False, [fault]))

    def test_a_photo_with_the_styles_darkness_and_noise_is(self):
        painting = noisy(PHOTO.picture // 2, 30)
        verdict = judge_medians({"photo": JUDGE.answers("photo", PHOTO, painting, STYLE)})
        self.assertTrue(verdict.inside, verdict)

    def test_pieces_are_the_same_in_every_run_and_others_for_other_photos(self):
        first, again, other = (style_piece(STYLE, name, 100, 80) for name in ("a", "a", "b"))
        np.testing.assert_array_equal(first, again)
        self.assertFalse(np.array_equal(first, other))

    def test_a_small_picture_goes_on_as_its_mirror_image(self):
        small = clouds(20, 10, 3)
        np.testing.assert_array_equal(random_window(small, 20, 20, 0), np.concatenate([small, small[::-1]]))


class Verdicts(unittest.TestCase):
    def test_medians_decide(self):
        verdict = judge_medians({"a": answer(0.3, 0.5), "b": answer(0.5, 0.6), "c": answer(5.0, 9.0)})
        self.assertEqual(verdict.answers["painting"], Measures(0.5, 0.6, 0.5))
        self.assertEqual((verdict.style_ratio, verdict.content_ratio, verdict.inside), (0.5, 0.6, True))

    def test_bounds_belong_to_the_inside(self):
        self.assertTrue(judge_medians({"a": answer(0.75, 0.85)}).inside)
        self.assertEqual(judge_medians({"a": answer(0.76, 0.86)}).faults, ["too little style", "too little content"])

    def test_without_the_styles_picture_there_is_content_but_no_verdict(self):
        verdict = judge_medians({"photo": JUDGE.answers("photo", PHOTO, PHOTO.picture, None)})
        self.assertIsNone(verdict.inside)
        self.assertIsNone(verdict.answers["painting"].style)
        self.assertAlmostEqual(verdict.answers["painting"].content, 0, places=5)
