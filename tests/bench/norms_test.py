"""bench/norms: which normalisations there are, and what each costs."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCH))
loader = importlib.machinery.SourceFileLoader("norms", str(BENCH / "norms"))
norms = importlib.util.module_from_spec(importlib.util.spec_from_loader("norms", loader))
loader.exec_module(norms)

LISTING = """Without normalisation
  none              no normalisation

Statistics of the batch
  mean-only         batch normalisation of the mean alone

Rules for the weights
  +ws               weight standardisation

NAME[:VALUE]: group:8.
"""


def result(step, **share):
    return {"images_per_second": 1000 / step, "step_ms_median": step,
            "share": {op.replace("_backward", " backward"): part for op, part in share.items()}}


class Norms(unittest.TestCase):
    def test_a_rule_for_the_weights_is_used_without_a_norm(self):
        self.assertEqual(norms.specs_of(LISTING), ["none", "mean-only", "none+ws", "layer:channels", "rms:channels"])

    def test_convolutions_and_what_is_there_without_a_norm_do_not_count(self):
        none = result(100, conv2d=0.6, conv2d_backward=0.3, add_relu=0.1)
        batch = result(125, conv2d=0.5, conv2d_backward=0.24, add_relu=0.08, normalize=0.1,
                       normalize_backward=0.08)
        slow = result(250, conv2d=0.3, conv2d_backward=0.1, mul=0.6)
        rows = norms.rows_of({"none": [(none, batch, none)], "batch": [(none, batch, batch)],
                              "slow": [(none, batch, slow), (none, batch, result(500, mul=1)), (none, batch, slow)]})
        self.assertEqual([row[0] for row in rows], ["slow", "batch", "none"])
        self.assertEqual(rows[0][1:], ["4", "0.40", "0.50", "56.0", "140.0", "6.2"])
        self.assertEqual(rows[1][1:], ["8", "0.80", "1.00", "18.0", "22.5", "1.0"])
        self.assertEqual(rows[2][4:], ["0.0", "0.0", "0.0"])

    def test_batch_that_costs_nothing_is_nothing_to_compare_with(self):
        none, slow = result(100, conv2d=0.9, add_relu=0.1), result(125, conv2d=0.8, mul=0.2)
        rows = norms.rows_of({"none": [(none, none, none)], "slow": [(none, none, slow)]})
        self.assertEqual([row[-1] for row in rows], ["-", "-"])

    def test_ratios_are_those_of_the_same_round(self):
        def slower(factor):
            return tuple(result(factor * step, conv2d=1) for step in (100, 125, 200))

        row, = norms.rows_of({"slow": [slower(1), slower(3), slower(10)]})
        self.assertEqual(row[1:4], ["2", "0.50", "0.62"])

    def test_each_norm_takes_turns_with_the_other_two(self):
        asked = []

        class Side:
            def __init__(self, name):
                self.name = name

            def measure(self):
                asked.append(self.name)
                return '[{"of": "%s"}]' % self.name

            def close(self):
                asked.append(f"{self.name} ends")

        turns = norms.measure("own", [Side("none"), Side("batch")], 2, Side)
        self.assertEqual(asked, ["own", "none", "batch", "own", "none", "batch", "own", "own ends"])
        self.assertEqual(turns[1], ({"of": "none"}, {"of": "batch"}, {"of": "own"}))


if __name__ == "__main__":
    unittest.main()
