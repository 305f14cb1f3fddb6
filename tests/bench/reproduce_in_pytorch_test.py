"""bench/reproduce_in_pytorch: which runs are trained, what the table says of them, and that both sides train
the same, where there are PyTorch and a program of Keel's (KEEL_PROGRAM)."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import types
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
import versus  # noqa: E402

loader = importlib.machinery.SourceFileLoader("reproduce_in_pytorch", str(BENCH / "reproduce_in_pytorch"))
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("reproduce_in_pytorch", loader))
sys.modules["reproduce_in_pytorch"] = tool
loader.exec_module(tool)


def keel_run(norm, lr, seed, accuracy=None, status="completed"):
    name = f"{norm}-lr{lr}-seed{seed}"
    return {"id": name, "settings": {"norm": norm, "lr": lr, "batch-size": "128"}, "seed": seed,
            "status": status, "directory": f"runs/{name}",
            "command": f"keel train --norm {norm} --lr {lr} --seed {seed}",
            "epochs": [{"test_accuracy": 0.2}, {"test_accuracy": accuracy}] if accuracy else []}


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)

    def write(self, *runs):
        document = {"schema": "keel-comparison", "axes": ["norm", "lr", "batch-size"], "runs": list(runs)}
        (self.path / "results.json").write_text(json.dumps(document))
        return tool.read_runs(self.path)


class Runs(Folder):
    def test_a_cell_is_what_differs_in_more_than_the_seed(self):
        first, second = self.write(keel_run("batch", "0.1", 1, 0.5),
                                   keel_run("none", "1", 1, status="diverged"))
        self.assertEqual(first.cell, (("norm", "batch"), ("lr", "0.1")))
        self.assertEqual(first.directory, self.path / "runs" / "batch-lr0.1-seed1")
        self.assertEqual((first.accuracy, second.accuracy), (0.5, 0.1))

    def test_a_run_that_goes_on_has_no_accuracy(self):
        self.assertIsNone(self.write(keel_run("batch", "0.1", 1, 0.5, "running"))[0].accuracy)

    def test_folders_of_something_else_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "results.json is not there"):
            tool.read_runs(self.path)
        (self.path / "results.json").write_text("{}")
        with self.assertRaisesRegex(SystemExit, "expected the schema keel-comparison"):
            tool.read_runs(self.path)

    def test_only_and_seeds_choose(self):
        runs = self.write(*[keel_run(norm, lr, seed, 0.5) for seed in (1, 2) for norm in ("none", "batch")
                            for lr in ("0.1", "1")])

        def ids(only, seeds=None):
            return [run.id for run in tool.chosen(runs, [tool.parse_choice(text) for text in only], seeds)]

        self.assertEqual(len(ids([])), 8)
        self.assertEqual(ids(["norm=none,lr=1"]), ["none-lr1-seed1", "none-lr1-seed2"])
        self.assertEqual(ids(["norm=none,lr=1", "norm=batch,lr=0.1"], [2]),
                         ["none-lr1-seed2", "batch-lr0.1-seed2"])
        with self.assertRaisesRegex(SystemExit, "--only lr=3: expected one of 0.1, 1"):
            ids(["lr=3"])
        with self.assertRaises(tool.argparse.ArgumentTypeError):
            tool.parse_choice("norm")

    def test_a_result_of_another_run_is_refused(self):
        run = self.write(keel_run("batch", "0.1", 1, 0.5))[0]
        args = tool.read_arguments([str(self.path)])
        self.assertIsNone(tool.read_result(args, run))
        text = json.dumps({"command": run.command, "status": "completed"})
        tool.write_atomically(tool.result_path(args, run), text)
        self.assertEqual(tool.read_result(args, run)["status"], "completed")
        tool.write_atomically(tool.result_path(args, run), text.replace("--lr 0.1", "--lr 0.2"))
        with self.assertRaisesRegex(SystemExit, "choose another --out"):
            tool.read_result(args, run)


class Begun(Folder):
    def begin(self, after):
        """Begins a run of a program that logs its steps and then does this."""
        program = self.path / "program"
        event = json.dumps({"event": "step", "loss": 2.0})
        program.write_text(f"#!/bin/sh\nmkdir -p {self.path}/begun\n"
                           f"for step in 1 2; do echo '{event}'; done > {self.path}/begun/log.jsonl\n{after}\n")
        program.chmod(0o755)
        args = tool.read_arguments([str(self.path), "--steps", "2"])
        run = self.write(keel_run("batch", "0.1", 1, 0.5))[0]
        tool.begin(args, types.SimpleNamespace(program=program), run, self.path / "begun")
        return tool.logged_losses(self.path / "begun")

    def test_it_may_end_before_its_signal(self):
        self.assertEqual(self.begin("exit 0"), [2.0, 2.0])

    def test_the_signal_may_come_when_the_program_listens_no_more(self):
        self.assertEqual(self.begin("exec sleep 60"), [2.0, 2.0])

    def test_an_error_is_told(self):
        with self.assertRaisesRegex(SystemExit, "ended with 3:\nno images"):
            self.begin("trap '' INT; echo no images >&2; exit 3")


class Figures(Folder):
    def test_interval_and_deviations(self):
        cell = tool.Comparison([50, 51, 52], [51, 53, 55])
        mean, half = cell.difference()
        self.assertAlmostEqual(mean, 2)
        self.assertAlmostEqual(half, 4.303 / 3**0.5)  # the differences are 1, 2, 3
        self.assertAlmostEqual(cell.in_deviations(), 1)
        self.assertEqual(cell.interval_has_zero(), True)

    def test_agreement(self):
        def agrees(shift, keel=(50, 51, 52)):
            return tool.Comparison(list(keel), [accuracy + by for accuracy, by in zip(keel, shift)]).agrees()

        self.assertTrue(agrees([0, 0, 0]))
        self.assertTrue(agrees([2, 2, 2]))  # 2 s, though each seed has it
        self.assertFalse(agrees([2.5, 2.4, 2.5]))
        self.assertTrue(agrees([9, -8, 0]))
        self.assertTrue(agrees([0, 0, 0], keel=(10, 10, 10)))
        self.assertFalse(agrees([1, 1, 1], keel=(10, 10, 10)))
        self.assertIsNone(agrees([0], keel=(50,)))

    def test_rows_count_what_diverged_and_leave_out_what_is_not_there(self):
        runs = self.write(keel_run("none", "1", 1, status="diverged"), keel_run("none", "1", 2, 0.2),
                          keel_run("none", "1", 3, 0.9), keel_run("batch", "1", 1, 0.5))
        completed = {"status": "completed", "losses": [2.0], "keel_losses": [2.0]}
        diverged = {"status": "diverged", "test_accuracies": [], "losses": [], "keel_losses": []}
        results = {"none-lr1-seed1": {**completed, "test_accuracies": [0.3, 0.12]},
                   "none-lr1-seed2": {**completed, "test_accuracies": [0.22]},
                   "batch-lr1-seed1": diverged}
        rows = tool.table_rows(runs, results)
        self.assertEqual(rows[0], ["none", "2", "15.00 ± 7.07 (1 diverged)", "17.00 ± 7.07", "+2.00",
                                   "+2.00 to +2.00", "0.3", "yes"])
        self.assertEqual(rows[1], ["batch", "1", "50.00", "10.00 (1 diverged)", "-40.00", "-", "-", "-"])
        text = tool.summary(runs, results)
        self.assertIn("1 of 1 cells agree; in 0 the interval of the difference contains 0, in 1", text)
        self.assertIn("largest -40.00", text)
        self.assertIn("1 of 4 runs are not there yet", text)

    def test_first_losses(self):
        def agree(ours, keels):
            return tool.agree_at_first({"losses": ours, "keel_losses": keels})

        self.assertTrue(agree([2.3, 2.2], [2.3001, 2.2]))
        self.assertFalse(agree([2.3, 2.2], [2.3, 2.201]))
        self.assertTrue(agree([0.0], [0.0]))
        self.assertTrue(agree([2.3], [2.3, 1e30]))  # one diverged a step earlier
        self.assertFalse(agree([], [2.3, 2.2]))
        self.assertTrue(agree([2.3, 22, 1e9], [2.3, 22, 2e9]))
        self.assertFalse(agree([2.3, 22, 1e9], [2.3, 21, 2e9]))


@unittest.skipUnless(os.environ.get("KEEL_PROGRAM") and versus.python_with_torch(),
                     "there is no program of Keel's or no PyTorch")
class BothTrain(Folder):
    """On a CIFAR-10 of noise. The last batch is smaller, and so is its part in the statistics."""

    STEPS = 2 * 7  # of two epochs

    def compared(self, norms, **model):
        """Trains with each norm in both, holds every loss of the one against that of the other, and returns the
        command for more."""
        noise = random.Random(1)
        folder = self.path / "data" / "cifar10" / "cifar-10-batches-bin"
        folder.mkdir(parents=True)
        for file in [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]:
            records = [bytes([label]) + noise.randbytes(3072) for label in range(10)]
            (folder / file).write_bytes(b"".join(records) * 2)
        program, out, data = os.environ["KEEL_PROGRAM"], self.path / "compared", self.path / "data"
        settings = {"data": "cifar10", "data-dir": data, "limit-train": "97", **model, "weight-decay": "0.01",
                    "lr": "0.01", "batch-size": "16", "epochs": "2", "seed": "3", "seeds": "1", "threads": "1",
                    "precision": "precise"}
        flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
        versus.output_of([program, "compare", "--norms", ",".join(norms), *flags, "--quiet", "--out", out],
                         tool.versus.clean_environment())
        command = [sys.executable, BENCH / "reproduce_in_pytorch", out, "--keel", program, "--data-dir", data]
        done = subprocess.run([*command, "--steps", str(self.STEPS)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for run in json.loads((out / "results.json").read_text())["runs"]:
            result = json.loads((out / "pytorch" / f"{run['id']}.json").read_text())
            self.assertEqual(len(result["losses"]), self.STEPS, run["id"])
            self.assertLess(tool.difference(result), 1e-4, run["id"])
            self.assertEqual(len(result["test_losses"]), len(run["epochs"]))
            for epoch, loss in zip(run["epochs"], result["test_losses"]):
                self.assertLess(abs(epoch["test_loss"] / loss - 1), 1e-4, run["id"])
        return command

    def test_losses_agree_in_every_step_and_evaluation(self):
        command = self.compared(["none", "batch", "batch:precise", "ghost:5", "group"], model="vgg",
                                layers="16-M-32", **{"init-scale": "0.7"})
        checked = subprocess.run([*command, "--check", "--only", "norm=group"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("In 1 of 1 runs the losses of the first 5 steps agree", checked.stdout)

    def test_residual_nets_agree_too(self):
        self.compared(["none", "batch", "fixup", "skipinit"], model="resnet", depth="8", **{"init-scale": "0.7"})


if __name__ == "__main__":
    unittest.main()
