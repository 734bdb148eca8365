import os
import tempfile
import unittest
from pathlib import Path

from painter import Clip, Job, Painter

# Stands for the command line program: writes its arguments where the painting belongs.
PROGRAM = """#!/bin/sh
[ "$6" = broken ] && { echo "error: no such style" >&2; exit 2; }
printf '%s ' "$@" >"$4"
"""


class Painting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        program = self.root / "program"
        program.write_text(PROGRAM)
        os.chmod(program, 0o755)
        self.painter = Painter(program, Path("models"), 2)

    def test_int8_and_float_are_the_same_style_of_the_same_file(self):
        outputs = [self.root / "new" / f"{name}.png" for name in ("int8", "float")]
        self.painter.paint([Job(Path("in.jpg"), outputs[0], "wave"), Job(Path("in.jpg"), outputs[1], "wave", True)])
        words = [output.read_text().split() for output in outputs]
        self.assertEqual(words[0], ["stylize", "in.jpg", "-o", str(outputs[0]), "--style", "wave", "--threads", "1",
                                    "--models", "models"])
        self.assertEqual([word for word in words[1] if word not in words[0]], [str(outputs[1]), "--float"])

    def test_a_clip_is_one_video(self):
        clip = Clip([Path("1.jpg"), Path("o")], self.root / "out", "wave", 0.9)
        with self.assertRaisesRegex(RuntimeError, "out in wave failed"):
            Painter(Path("/bin/false"), Path("models"), 1).paint_clips([clip])
        words = self.root / "words"
        program = self.root / "video"
        program.write_text(f"#!/bin/sh\nprintf '%s ' \"$@\" >{words}\n")
        os.chmod(program, 0o755)
        Painter(program, Path("models"), 1).paint_clips([clip])
        self.assertEqual(words.read_text().split(),
                         ["video", "1.jpg", "o", "-o", str(clip.output), "--style", "wave", "--steadiness", "0.9",
                          "--threads", "1", "--models", "models"])

    def test_a_failure_says_what_the_program_said(self):
        with self.assertRaisesRegex(RuntimeError, "in.jpg in broken failed: error: no such style"):
            self.painter.paint([Job(Path("in.jpg"), self.root / "out.png", "broken")])
