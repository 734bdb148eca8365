import math
import tempfile
import unittest
from pathlib import Path

import numpy as np

from flicker import dense_flow, find_pairs, flicker, sequences_of, still_seen, warping_error
from pictures import write_picture
from samples import clouds, noisy

SHIFT = (5, 3)
SCENE = clouds(200, 150, 1)
# The camera moves left and up, so what is seen moves right and down.
FIRST, SECOND = SCENE[10:130, 10:170], SCENE[10 - SHIFT[1]:130 - SHIFT[1], 10 - SHIFT[0]:170 - SHIFT[0]]
FLOW = np.broadcast_to(np.float32(SHIFT), (120, 160, 2))


class Warping(unittest.TestCase):
    def test_a_known_shift_is_taken_out(self):
        seen = still_seen(FLOW, -FLOW)
        self.assertEqual(int(seen.sum()), (120 - SHIFT[1]) * (160 - SHIFT[0]))
        self.assertLess(warping_error(FIRST, SECOND, FLOW, seen), 1e-3)
        self.assertGreater(warping_error(FIRST, SECOND, 0 * FLOW, seen), 10)

    def test_noise_of_its_own_in_each_frame_is_what_remains(self):
        seen = still_seen(FLOW, -FLOW)
        error = warping_error(noisy(FIRST // 2 + 64, 10, 1), noisy(SECOND // 2 + 64, 10, 2), FLOW, seen)
        self.assertAlmostEqual(math.sqrt(error), 10 * math.sqrt(2), delta=0.5)

    def test_flows_that_do_not_cancel_are_hidden_points(self):
        self.assertEqual(int(still_seen(FLOW, FLOW).sum()), 0)
        self.assertEqual(warping_error(FIRST, SECOND, FLOW, still_seen(FLOW, FLOW)), 0)

    def test_the_flow_of_a_shift_is_found(self):
        middle = dense_flow(FIRST, SECOND)[20:-20, 20:-20]
        np.testing.assert_allclose(middle.mean((0, 1)), SHIFT, atol=0.1)


class Clips(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        video = Path(self.folder.name)
        for i, frame in enumerate((FIRST, SECOND, SECOND)):
            write_picture(video / "clip" / f"{i:04}.jpg", noisy(frame, 2, i))
        write_picture(video / "truth" / "1-img0.jpg", noisy(FIRST, 2, 3))
        write_picture(video / "truth" / "1-img1.jpg", noisy(SECOND, 2, 4))
        np.save(video / "truth" / "1-flow_f16.npy", FLOW.astype(np.float16))
        self.pairs = find_pairs(video, 1)

    def test_pairs_are_consecutive_frames_and_those_with_true_flow(self):
        self.assertEqual([(pair.clip, pair.first.name, pair.second.name) for pair in self.pairs],
                         [("clip", "0000.jpg", "0001.jpg"), ("truth", "1-img0.jpg", "1-img1.jpg")])
        np.testing.assert_array_equal(self.pairs[1].flow, FLOW)

    def test_pairs_that_follow_each_other_are_one_video(self):
        pairs = find_pairs(Path(self.folder.name), 2)
        self.assertEqual([[frame.name for frame in frames] for frames in sequences_of(pairs)],
                         [["0000.jpg", "0001.jpg", "0002.jpg"], ["1-img0.jpg", "1-img1.jpg"]])

    def test_unpainted_frames_flicker_as_they_do_and_noise_shows(self):
        frames = {frame: frame for frames in sequences_of(self.pairs) for frame in frames}
        self.assertEqual(flicker(self.pairs, frames), {"clip": 1, "truth": 1})
        painted = {frame: frame.with_suffix(".png") for frame in frames}
        for i, (frame, output) in enumerate(painted.items()):
            write_picture(output, noisy(FIRST if i % 2 == 0 else SECOND, 40, 10 + i))
        for ratio in flicker(self.pairs, painted).values():
            self.assertGreater(ratio, 5)
