"""bench/measure: which commands a document holds, and where their output goes."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "bench"))
loader = importlib.machinery.SourceFileLoader("measure", str(ROOT / "bench" / "measure"))
measure = importlib.util.module_from_spec(importlib.util.spec_from_loader("measure", loader))
loader.exec_module(measure)

TEXT = """Before
<!-- measured: first --now -->
old
<!-- end -->
between
<!-- measured: second -->
<!-- end -->
after
"""


class Measure(unittest.TestCase):
    def test_output_replaces_what_was_in_the_place_of_the_command_alone(self):
        once = measure.filled(TEXT, "first --now", "new\n")
        self.assertEqual(once, TEXT.replace("old\n", "\nnew\n\n"))
        self.assertEqual(measure.filled(once, "first --now", "new"), once)
        self.assertEqual(measure.filled(TEXT, "first", "new"), TEXT)
        self.assertIn("<!-- measured: second -->\n\nb\n\n<!-- end -->\nafter",
                      measure.filled(TEXT, "second", "b"))

    def test_a_backslash_in_the_output_stays(self):
        self.assertIn("a\\1b", measure.filled(TEXT, "second", "a\\1b"))

    def test_a_failing_command_is_named(self):
        with self.assertRaisesRegex(SystemExit, "ended with 3: exit 3"):
            measure.run_command("exit 3")

    def test_commands_in_their_order(self):
        self.assertEqual(measure.commands_in(TEXT), ["first --now", "second"])

    def test_the_commands_of_the_document_are_there(self):
        document = (ROOT / "docs" / "performance.md").read_text()
        commands = measure.commands_in(document)
        self.assertEqual(len(commands), document.count("<!-- measured: "))
        self.assertEqual(len(commands), document.count("<!-- end -->"))
        for program in [word for command in commands for word in command.split()]:
            if program.startswith("bench/"):
                self.assertTrue((ROOT / program).exists(), program)


if __name__ == "__main__":
    unittest.main()
