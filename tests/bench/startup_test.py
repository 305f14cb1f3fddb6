"""What startup does apart from timing: unpacking, waiting for the first step, the row."""

import gzip
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
loader = importlib.machinery.SourceFileLoader("startup", str(BENCH / "startup"))
startup = importlib.util.module_from_spec(importlib.util.spec_from_loader("startup", loader))
loader.exec_module(startup)


def script(folder, body):
    """A program that stands in for keel; $run is the folder of its run."""
    path = pathlib.Path(folder) / "keel"
    path.write_text('#!/bin/sh\nfor run; do :; done\n' + body)
    path.chmod(0o755)
    return path


class Startup(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def test_compressed_files_are_unpacked_and_others_copied(self):
        data = pathlib.Path(self.folder) / "data"
        (data / "mnist").mkdir(parents=True)
        with gzip.open(data / "mnist" / "images.gz", "wb") as file:
            file.write(b"pixels")
        (data / "mnist" / "labels").write_bytes(b"123")
        target = pathlib.Path(self.folder) / "plain"
        target.mkdir()
        startup.unpacked(data, target)
        found = {file.name: file.read_bytes() for file in (target / "mnist").iterdir()}
        self.assertEqual(found, {"images": b"pixels", "labels": b"123"})

    def test_the_clock_stops_at_the_line_of_the_first_step(self):
        body = 'mkdir -p "$run"; echo \'{"event": "start"}\' > "$run/log.jsonl"; sleep 0.2; touch "$0.stepped"\n' \
               'echo \'{"event": "step"}\' >> "$run/log.jsonl"; exec sleep 30\n'
        program = script(self.folder, body)
        startup.run_to_first_step(program, "data")
        self.assertTrue(pathlib.Path(f"{program}.stepped").exists())

    def test_a_program_that_fails_ends_with_its_message(self):
        with self.assertRaisesRegex(SystemExit, "ended with 3:\nno luck"):
            startup.run_to_first_step(script(self.folder, "echo no luck >&2; exit 3\n"), "data")

    def test_a_row_has_median_and_best_in_milliseconds(self):
        self.assertEqual(startup.row_of("x", [0.03, 0.01, 0.02], "25"), ["x", "20", "10", "25"])


if __name__ == "__main__":
    unittest.main()
