"""Whole training steps of Keel beside those of other frameworks, timed alternately in one run.

What vs_pytorch and vs_cpp share. Each side is a program that takes --model, --norm, --batch-size, --threads,
--steps and --on-request (vs_pytorch's also --forward-only). For each line that it is sent it times that many
steps and prints JSON with images_per_second and peak_memory_bytes. So all sides are ready at the same time and
take short turns: a machine that others use, too, gets slower and faster within minutes, and both sides alike.
Ratios are those of turns in the same round.
"""

import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "release"


@dataclass(frozen=True)
class Case:
    model: str
    batch: int
    norm: str
    forward: bool = False
    at_least: float = 0  # what the ratio to the other side is to reach
    aim: float = 0

    @property
    def label(self):
        return self.model + (" (forward)" if self.forward else "")


@dataclass(frozen=True)
class Result:
    speeds: tuple  # images per second, of each round
    peak_mib: float
    framework: str  # with its version

    @property
    def images_per_second(self):
        return statistics.median(self.speeds)

    def over(self, other):
        """By which factor this side is faster: (lower quartile, median, upper quartile) of the rounds."""
        ratios = [mine / its for mine, its in zip(self.speeds, other.speeds)]
        return tuple(statistics.quantiles(ratios, n=4, method="inclusive")) if len(ratios) > 1 else 3 * tuple(ratios)

    def speeds_beside(self, other):
        """(this side's, the other's) of the round with the median ratio, so that the two divide to it."""
        rounds = sorted(zip(self.speeds, other.speeds), key=lambda speeds: speeds[0] / speeds[1])
        return rounds[(len(rounds) - 1) // 2]


@dataclass(frozen=True)
class Keel:
    """The program, and how its matrix products are computed: the other sides get the same."""

    program: pathlib.Path
    version: str
    blas_core: str


def find_keel(program):
    if not pathlib.Path(program).exists():
        sys.exit(f"{program} is not there: cmake --preset release && cmake --build --preset release")
    return read_version(program, output_of([program, "--version"], clean_environment()))


def read_version(program, text):
    """From what `keel --version` prints."""
    core = re.search(r"BLAS core (\w+)", text)
    if not core:
        sys.exit(f"{program} --version does not tell its BLAS core:\n{text}")
    return Keel(program, text.splitlines()[0], core.group(1))


def clean_environment(**added):
    """No choice that the shell made for one side."""
    ours = ("OPENBLAS_", "OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "ATEN_", "MALLOC_", "KEEL_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | added


def output_of(command, environment):
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def python_with_torch():
    for python in dict.fromkeys((sys.executable, "/usr/bin/python3")):
        try:
            if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
                return python
        except OSError:
            continue
    return None


def read_result(text, default_framework):
    """(images per second, MiB, framework) of what a side prints; `keel bench` prints an array of one."""
    result = json.loads(text)
    if isinstance(result, list):
        result = result[0]
    return (result["images_per_second"], result["peak_memory_bytes"] / 2**20,
            result.get("framework", default_framework))


class Side:
    """A program that measures when it is asked to."""

    def __init__(self, command, environment):
        self.command = command
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True, env=environment)

    def measure(self):
        """What it prints, one line."""
        try:
            print(file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            code = self.process.wait()
            self.errors.seek(0)
            sys.exit(f"{' '.join(map(str, self.command))}\nended with {code}:\n{self.errors.read().strip()}")
        return line

    def close(self):
        self.process.communicate()
        self.errors.close()


def time_case(case, threads, keel, others, rounds, steps, start=Side):
    """The results of Keel ("keel") and of each of `others` (name -> command)."""
    arguments = ["--model", case.model, "--norm", case.norm, "--batch-size", str(case.batch), "--threads",
                 str(threads), "--steps", str(steps), "--on-request"] + (["--forward-only"] if case.forward else [])
    # Keel repairs OpenBLAS's choice of kernels itself; the others are told the right one.
    told = clean_environment(OPENBLAS_CORETYPE=keel.blas_core, OMP_NUM_THREADS=str(threads))
    sides = {"keel": start([keel.program, "bench", *arguments], clean_environment())}
    sides.update({name: start([*command, *arguments], told) for name, command in others.items()})
    for side in sides.values():  # until each has started and is idle again: this turn does not count
        side.measure()
    results = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            results[name].append(read_result(side.measure(), keel.version))
    for side in sides.values():
        side.close()
    return {name: summary_of(rounds_of_one) for name, rounds_of_one in results.items()}


def summary_of(results):
    """Of what read_result() gave in each round."""
    speeds, mib, framework = zip(*results)
    return Result(speeds, max(mib), framework[0])


def steps_for(case):
    return {"mlp": 300, "lenet5": 60}.get(case.model, 3)


def add_options(parser):
    parser.add_argument("--keel", default=BUILD / "keel", type=pathlib.Path, help="the program")
    parser.add_argument("--model", help="this model alone")
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--rounds", type=int, default=7,
                        help="of alternation; the one with the median ratio is shown")
    parser.add_argument("--steps", type=int, help="timed in each round, instead of what suits the model")
    parser.add_argument("--markdown", action="store_true")


def time_cases(args, cases, keel, others_for, rows_of):
    """The rows of all cases that were asked for; others_for(case) are the other sides' commands."""
    models = dict.fromkeys(case.model for case in cases)
    if args.model not in (None, *models):
        print(f"no case of a model '{args.model}': there is {', '.join(models)}", file=sys.stderr)
        sys.exit(2)
    rows = []
    for threads in args.threads:
        for case in cases:
            if args.model not in (None, case.model):
                continue
            results = time_case(case, threads, keel, others_for(case), args.rounds,
                                args.steps or steps_for(case))
            new = rows_of(case, threads, results)
            rows += new
            for row in new:
                print("  ".join(row), file=sys.stderr)
    return rows


def machine():
    cpu = "unknown CPU"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    return f"{cpu}, {os.cpu_count()} logical CPUs, {datetime.date.today().isoformat()}"


def number(value, form):
    return "-" if value is None else format(value, form)


def table(head, rows, markdown):
    if markdown:
        lines = [head, ["---"] * len(head), *rows]
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]
    return "".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) + "\n"
                   for line in [head, *rows])
