"""What vs_pytorch and vs_cpp do apart from timing: reading, choosing, the table."""

import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import sys
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
import versus  # noqa: E402
from versus import Case, Keel, Result  # noqa: E402


def program(name):
    """A program without the suffix of a module, as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(BENCH / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


vs_pytorch = program("vs_pytorch")
vs_cpp = program("vs_cpp")
KEEL = Keel("keel", "keel 0.1.0 (Release)", "SkylakeX")


class Sides(unittest.TestCase):
    def test_without_pytorch_nothing_is_said_of_both(self):
        self.assertIn("PyTorch 1.13.1; BLAS core SkylakeX for both", vs_pytorch.sides(KEEL, "1.13.1"))
        alone = vs_pytorch.sides(KEEL, None)
        self.assertIn("BLAS core SkylakeX; PyTorch is not installed", alone)
        self.assertNotIn("both", alone)


class Reading(unittest.TestCase):
    def test_version_tells_the_blas_core(self):
        text = "keel 0.1.0 (Release)\nISA avx512, BLAS core SkylakeX, 2 threads\n"
        self.assertEqual(versus.read_version("keel", text), KEEL)
        with self.assertRaisesRegex(SystemExit, "does not tell its BLAS core"):
            versus.read_version("keel", "keel 0.1.0")

    def test_result_is_an_object_or_an_array_of_one(self):
        one = {"images_per_second": 12.5, "peak_memory_bytes": 3 * 2**20}
        self.assertEqual(versus.read_result(json.dumps([one]), "keel"), (12.5, 3, "keel"))
        one["framework"] = "dlib 19"
        self.assertEqual(versus.read_result(json.dumps(one), "keel"), (12.5, 3, "dlib 19"))

    def test_missing_and_failing_programs_end_with_their_message(self):
        with self.assertRaisesRegex(SystemExit, "cmake --build"):
            versus.find_keel("/nowhere/keel")
        with self.assertRaisesRegex(SystemExit, "ended with 3:\nno luck"):
            versus.output_of(["sh", "-c", "echo no luck >&2; exit 3"], versus.clean_environment())


class FakeSide:
    """Measures what is given to it, without a process."""

    log, speeds = [], iter(())

    def __init__(self, command, environment):
        self.command, self.environment = command, environment
        FakeSide.log.append(self)
        self.turns = 0

    def measure(self):
        FakeSide.log.append(self.command[0])
        self.turns += 1
        return json.dumps({"images_per_second": next(FakeSide.speeds), "peak_memory_bytes": self.turns * 2**20})

    def close(self):
        FakeSide.log.append("closed " + self.command[0])


class Alternation(unittest.TestCase):
    def setUp(self):
        FakeSide.log = []

    def test_sides_take_turns_after_one_that_does_not_count(self):
        FakeSide.speeds = iter([4, 3, 5, 1, 9, 2, 7, 6])
        case = Case("lenet5", 64, "none", forward=True)
        results = versus.time_case(case, 2, KEEL, {"other": ["other"]}, 3, 8, FakeSide)
        keel, other, *turns = FakeSide.log
        self.assertEqual(turns, ["keel", "other"] * 4 + ["closed keel", "closed other"])
        self.assertEqual(results["keel"], Result((5, 9, 7), 4, KEEL.version))
        self.assertEqual(results["other"], Result((1, 2, 6), 4, KEEL.version))
        self.assertEqual(results["keel"].images_per_second, 7)
        shared = ["--model", "lenet5", "--norm", "none", "--batch-size", "64", "--threads", "2", "--steps",
                  "8", "--on-request", "--forward-only"]
        self.assertEqual(keel.command, ["keel", "bench", *shared])
        self.assertEqual(other.command, ["other", *shared])

    def test_a_ratio_is_that_of_neighbouring_turns(self):
        # The machine is twice as fast from the third round on: no matter to the ratio.
        keel, other = Result((10, 11, 20, 22, 30), 1, "keel"), Result((5, 5, 10, 10, 20), 1, "other")
        self.assertEqual(keel.over(other), (2, 2, 2.2))
        self.assertEqual(Result((9,), 1, "keel").over(Result((3,), 1, "other")), (3, 3, 3))

    def test_speeds_are_those_of_the_round_with_the_median_ratio(self):
        keel, other = Result((10, 30, 40), 1, "keel"), Result((5, 20, 10), 1, "other")  # 2, 1.5, 4
        self.assertEqual(keel.speeds_beside(other), (10, 5))
        self.assertEqual(keel.over(other)[1], 2)

    def test_a_model_without_a_case_is_a_usage_error(self):
        args = argparse.Namespace(model="nope", threads=[1], rounds=1, steps=1)
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()) as said:
            versus.time_cases(args, vs_cpp.CASES, KEEL, lambda case: {}, vs_cpp.rows_of)
        self.assertEqual(ended.exception.code, 2)
        self.assertIn("lenet5, vgg-small, resnet20", said.getvalue())

    def test_no_side_inherits_a_choice_and_the_others_get_the_right_core(self):
        FakeSide.speeds = iter([1] * 4)
        versus.os.environ["OPENBLAS_CORETYPE"] = "Prescott"
        self.addCleanup(versus.os.environ.pop, "OPENBLAS_CORETYPE")
        versus.time_case(Case("mlp", 60, "batch"), 1, KEEL, {"other": ["other"]}, 1, 1, FakeSide)
        keel, other = FakeSide.log[:2]
        self.assertNotIn("OPENBLAS_CORETYPE", keel.environment)
        self.assertEqual(other.environment["OPENBLAS_CORETYPE"], "SkylakeX")
        self.assertEqual(other.environment["OMP_NUM_THREADS"], "1")

    def test_a_program_answers_each_request_until_it_fails(self):
        side = versus.Side(["sh", "-c", "read a; echo one; read a; echo two; read a; echo no luck >&2; exit 3"],
                           versus.clean_environment())
        self.assertEqual([side.measure(), side.measure()], ["one\n", "two\n"])
        with self.assertRaisesRegex(SystemExit, "ended with 3:\nno luck"):
            side.measure()
        side.close()

    def test_a_program_ends_with_its_input(self):
        side = versus.Side(["sh", "-c", "while read a; do echo one; done; exit 5"], versus.clean_environment())
        side.measure()
        side.close()
        self.assertEqual(side.process.returncode, 5)


class Table(unittest.TestCase):
    CASE = Case("resnet20", 128, "batch", at_least=1.8, aim=2.4)

    def test_pytorchs_faster_layout_counts(self):
        results = {"keel": Result((1000,), 90, "keel"), "nchw": Result((400,), 200, "torch"),
                   "nhwc": Result((500,), 300, "torch")}
        row = dict(zip(vs_pytorch.HEAD, vs_pytorch.rows_of(self.CASE, 2, results)[0]))
        self.assertEqual(row["layout"], "channels_last")
        speeds = (row["Keel images/s"], row["PyTorch images/s"], row["ratio"])
        self.assertEqual(speeds, ("1,000", "500", "2.00"))
        self.assertEqual(row["quartiles"], "2.00 to 2.00")
        self.assertEqual((row["at least"], row["aim"], row["reached"]), ("1.8", "2.4", "at least"))
        memory = (row["Keel MiB"], row["PyTorch MiB"], row["ratio (training: at most 0.6)"])
        self.assertEqual(memory, ("90", "300", "0.30"))

    def test_targets(self):
        for ratio, word in ((1.79, "no"), (1.8, "at least"), (2.4, "aim"), (None, "-")):
            self.assertEqual(vs_pytorch.reached(self.CASE, ratio), word)

    def test_without_pytorch_keels_side_stands_alone(self):
        results = {"keel": Result((1000,), 90, "keel")}
        row = dict(zip(vs_pytorch.HEAD, vs_pytorch.rows_of(self.CASE, 1, results)[0]))
        self.assertEqual((row["Keel images/s"], row["Keel MiB"]), ("1,000", "90"))
        for column in ("PyTorch images/s", "layout", "ratio", "quartiles", "reached", "PyTorch MiB",
                       "ratio (training: at most 0.6)"):
            self.assertEqual(row[column], "-")

    def test_each_target_of_a_case_is_a_floor_and_an_aim_above(self):
        self.assertEqual(len(vs_pytorch.CASES), len(set(vs_pytorch.CASES)))
        for case in vs_pytorch.CASES:
            self.assertTrue(1 < case.at_least < case.aim, case)

    def test_each_cpp_framework_has_a_row(self):
        results = {"keel": Result((900,), 50, "keel 0.1.0"), "dlib_steps": Result((300,), 40, "dlib 19.24")}
        rows = [dict(zip(vs_cpp.HEAD, row)) for row in vs_cpp.rows_of(self.CASE, 1, results)]
        self.assertEqual([row["framework"] for row in rows], ["dlib 19.24"])
        self.assertEqual([(row["Keel images/s"], row["its images/s"], row["ratio"]) for row in rows],
                         [("900", "300", "3.00")])

    def test_plain_and_markdown(self):
        head, rows = ["model", "ratio"], [["lenet5", "3.10"], ["mlp", "12.00"]]
        self.assertEqual(versus.table(head, rows, markdown=False),
                         " model  ratio\nlenet5   3.10\n   mlp  12.00\n")
        self.assertEqual(versus.table(head, rows, markdown=True),
                         "| model | ratio |\n| --- | --- |\n| lenet5 | 3.10 |\n| mlp | 12.00 |\n")


if __name__ == "__main__":
    unittest.main()
