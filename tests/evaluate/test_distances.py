import unittest

import numpy as np

from distances import HIGHEST_PSNR, content_distance, pooled, psnr, ssim, statistics, style_distance
from samples import ColoursAndEdges, clouds, noisy

PICTURE = clouds(160, 120, 1)
NETWORK = ColoursAndEdges()


def maps(picture):
    return NETWORK.maps(picture)


class Style(unittest.TestCase):
    def test_a_picture_is_at_no_distance_from_itself_and_the_distance_grows(self):
        target = statistics(maps(PICTURE))
        self.assertEqual(style_distance(target, target), 0)
        grown = [style_distance(statistics(maps(noisy(PICTURE, deviation))), target) for deviation in (5, 20, 60)]
        self.assertEqual(grown, sorted(grown))
        self.assertGreater(grown[0], 0)

    def test_places_do_not_matter(self):
        mirrored = np.ascontiguousarray(PICTURE[:, ::-1])
        self.assertLess(style_distance(statistics(maps(mirrored)), statistics(maps(PICTURE))), 1e-5)

    def test_several_pictures_count_as_one_large_picture(self):
        parts = [PICTURE[:, :80], PICTURE[:, 80:]]
        whole = {"layer": PICTURE.transpose(2, 0, 1).astype(np.float64)}
        halves = [statistics({"layer": part.transpose(2, 0, 1).astype(np.float64)}) for part in parts]
        for ours, direct in zip(pooled(halves)["layer"], statistics(whole)["layer"]):
            np.testing.assert_allclose(ours, direct)


class Content(unittest.TestCase):
    def test_between_the_same_picture_and_another_one(self):
        self.assertAlmostEqual(content_distance(maps(PICTURE), maps(PICTURE)), 0, places=5)
        other = content_distance(maps(clouds(160, 120, 2)), maps(PICTURE))
        self.assertGreater(other, 0.7)
        near = content_distance(maps(noisy(PICTURE, 20)), maps(PICTURE))
        self.assertGreater(near, 0)
        self.assertLess(near, other)

    def test_contrast_is_style_and_not_content(self):
        pale = (PICTURE // 2 + 64).astype(np.uint8)
        self.assertLess(content_distance(maps(pale), maps(PICTURE)), 0.01)

    def test_silent_channels_do_not_count_unless_they_are_heard_in_the_other(self):
        layers = {layer: values.copy() for layer, values in maps(PICTURE).items()}
        for values in layers.values():
            values[0] = 0
        self.assertAlmostEqual(content_distance(layers, layers), 0, places=5)
        self.assertAlmostEqual(content_distance(layers, maps(PICTURE)), 1 / 9, places=5)


class Pixels(unittest.TestCase):
    def test_ssim_of_identical_pictures_is_1_and_falls(self):
        self.assertAlmostEqual(ssim(PICTURE, PICTURE), 1)
        fallen = [ssim(PICTURE, noisy(PICTURE, deviation)) for deviation in (5, 20, 60)]
        self.assertEqual(fallen, sorted(fallen, reverse=True))
        self.assertLess(abs(ssim(PICTURE, clouds(160, 120, 2))), 0.3)

    def test_psnr(self):
        self.assertEqual(psnr(PICTURE, PICTURE), HIGHEST_PSNR)
        gray = np.full((8, 8, 3), 100, np.uint8)
        self.assertAlmostEqual(psnr(gray, gray + 1), 20 * np.log10(255))
        with self.assertRaises(ValueError):
            psnr(gray, gray[:4])
