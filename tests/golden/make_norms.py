"""Writes norms.json: what each normalisation computes in training steps and in evaluation, in float64.

The rules are written down here from their papers, with PyTorch's own layers where it has them; its
autograd makes the gradients. x is [N, H, W, C], as in Keel; parameters have Keel's names, and are golden
tensors from 0.2 to 0.9; the upstream gradients are golden tensors CASE.STEP.dy. The noise of stage i is
drawn as the layer "0" of a model draws it from Rng(seed = 1, stream = i).
"""

import numpy as np
import torch
from torch.nn import functional

import golden
from philox import Rng

CHANNELS, STEPS, DIGITS = 4, 2, 12
SHAPE = [4, 2, 2, CHANNELS]
EPS, MOMENTUM = 1e-5, 0.1
PIXELS = (0, 1, 2)


def nchw(function):
    """A function of [N, C, H, W] as one of [N, H, W, C]."""
    return lambda x, *rest: function(x.permute(0, 3, 1, 2), *rest).permute(0, 2, 3, 1)


def mean(x, axes):
    return x.mean(axes, keepdim=True)


def var(x, axes):
    return x.var(axes, unbiased=False, keepdim=True)


class Norm:
    """State and parameters of a case. A rule takes it, x and whether it trains."""

    def __init__(self, parameters=(), buffers=()):
        self.shapes = dict(parameters)
        self.buffers = {name: torch.full(shape, float(value), dtype=torch.float64)
                        for name, shape, value in buffers}
        self.steps = 0

    def update(self, **values):
        for name, value in values.items():
            old = self.buffers[name]
            self.buffers[name] = old + MOMENTUM * (value.detach().reshape(old.shape) - old)

    def __getattr__(self, name):
        return self.values[name] if name in self.values else self.buffers[name]


AFFINE = [("weight", [CHANNELS]), ("bias", [CHANNELS])]
RUNNING = [("running_mean", [CHANNELS], 0), ("running_var", [CHANNELS], 1)]


def affine(norm, x):
    return x * norm.weight + norm.bias


def moments(norm, x, training):
    """The batch's mean and biased variance, or the running ones; updates these."""
    if not training:
        return norm.running_mean, norm.running_var
    norm.update(running_mean=mean(x, PIXELS), running_var=x.var(PIXELS, unbiased=True))
    return mean(x, PIXELS), var(x, PIXELS)


def batch(norm, x, training):
    m, v = moments(norm, x, training)
    return affine(norm, (x - m) / (v + EPS).sqrt())


def noisy(norm, x, training):
    y = batch(norm, x, training)
    if not training:
        return y
    rng, spread, count = norm.rng, 0.1, x.numel()
    mu, sigma = rng.uniform(1)[0] - 0.5, 1 + 0.25 * rng.uniform(1)[0]
    m = mu - spread + 2 * spread * rng.uniform(count)
    s = sigma + spread * rng.normal(count)
    return y * torch.from_numpy(s).reshape(SHAPE) + torch.from_numpy(m).reshape(SHAPE)


def frozen(norm, x, training):
    return affine(norm, (x - norm.running_mean) / (norm.running_var + EPS).sqrt())


def untracked(norm, x, training):
    return affine(norm, (x - mean(x, PIXELS)) / (var(x, PIXELS) + EPS).sqrt())


def ghost(norm, x, training):
    if not training:
        return batch(norm, x, False)
    halves = x.split(2)
    norm.update(running_mean=sum(h.mean(PIXELS) for h in halves) / 2,
                running_var=sum(h.var(PIXELS, unbiased=True) for h in halves) / 2)
    return torch.cat([untracked(norm, h, True) for h in halves])


def lp(size):
    def rule(norm, x, training):
        if not training:
            return affine(norm, (x - norm.running_mean) / norm.running_size)
        m = mean(x, PIXELS)
        s = size(x - m)
        norm.update(running_mean=m, running_size=s)
        return affine(norm, (x - m) / s)
    return rule


def mean_only(norm, x, training):
    if not training:
        return x - norm.running_mean + norm.bias
    norm.update(running_mean=mean(x, PIXELS))
    return x - mean(x, PIXELS) + norm.bias


def variance_only(norm, x, training):
    if not training:
        return affine(norm, x / (norm.running_var + EPS).sqrt())
    norm.update(running_var=x.var(PIXELS, unbiased=True))
    return affine(norm, x / (var(x, PIXELS) + EPS).sqrt())


def renorm(r_max, d_max):
    """Open from the first step on."""
    def rule(norm, x, training):
        if not training:
            return batch(norm, x, False)
        m, sd = mean(x, PIXELS), (var(x, PIXELS) + EPS).sqrt()
        running_sd = (norm.running_var + EPS).sqrt()
        r = (sd / running_sd).clamp(1 / r_max, r_max).detach()
        d = ((m - norm.running_mean) / running_sd).clamp(-d_max, d_max).detach()
        norm.update(running_mean=m, running_var=x.var(PIXELS, unbiased=True))
        return affine(norm, (x - m) / sd * r + d)
    return rule


def switchable(norm, x, training):
    m_bn, v_bn = moments(norm, x, training)
    m = zip(norm.mean_weight.softmax(0), (mean(x, (1, 2)), mean(x, (1, 2, 3)), m_bn))
    v = zip(norm.var_weight.softmax(0), (var(x, (1, 2)), var(x, (1, 2, 3)), v_bn))
    center, spread = sum(w * value for w, value in m), sum(w * value for w, value in v)
    return affine(norm, (x - center) / (spread + EPS).sqrt())


def batch_instance(norm, x, training):
    m, v = moments(norm, x, training)
    rho = norm.rho.clamp(0, 1)
    by_batch = (x - m) / (v + EPS).sqrt()
    by_instance = (x - mean(x, (1, 2))) / (var(x, (1, 2)) + EPS).sqrt()
    return affine(norm, rho * by_batch + (1 - rho) * by_instance)


def group(norm, x, training, groups=2, prefix=""):
    return nchw(functional.group_norm)(x, groups, norm.values[prefix + "weight"],
                                       norm.values[prefix + "bias"], EPS)


def instance(norm, x, training, tracked=False):
    mean_and_var = [norm.running_mean, norm.running_var] if tracked else [None, None]
    return nchw(functional.instance_norm)(x, *mean_and_var, norm.weight, norm.bias, training or not tracked,
                                          MOMENTUM, EPS)


def batch_channel(norm, x, training):
    if training:
        square = mean((x - norm.buffers["batch.running_mean"]) ** 2, PIXELS)
        norm.update(**{"batch.running_mean": mean(x, PIXELS), "batch.running_var": square})
    estimated = (x - norm.buffers["batch.running_mean"]) \
        / (norm.buffers["batch.running_var"] + EPS).sqrt()
    z = estimated * norm.values["batch.weight"] + norm.values["batch.bias"]
    return group(norm, z, training, prefix="group.")


def layer_element(norm, x, training):
    weight, bias = (p.permute(2, 0, 1) for p in (norm.weight, norm.bias))
    return nchw(functional.layer_norm)(x, SHAPE[3:] + SHAPE[1:3], weight, bias, EPS)


def layer_channels(norm, x, training):
    return functional.layer_norm(x, [CHANNELS], norm.weight, norm.bias, EPS)


def rms(norm, x, training, axes=(1, 2, 3)):
    return norm.weight * x / (mean(x * x, axes) + EPS).sqrt()


def local_response(norm, x, training):
    return nchw(functional.local_response_norm)(x, 3, 0.5, 0.75, 2.0)


def frn(norm, x, training, learnt_eps=0):
    y = affine(norm, x / (mean(x * x, (1, 2)) + 1e-6 + learnt_eps).sqrt())
    return torch.maximum(y, norm.tau)


def evo_b0(norm, x, training):
    left = norm.running_var
    if training:
        left = var(x, PIXELS)
        norm.update(running_var=x.var(PIXELS, unbiased=True))
    right = norm.v * x + (var(x, (1, 2)) + EPS).sqrt()
    return affine(norm, x / torch.maximum((left + EPS).sqrt(), right))


def evo_s0(norm, x, training):
    grouped = x.reshape(SHAPE[0], -1, 2, CHANNELS // 2)
    size = (var(grouped, (1, 3)) + EPS).sqrt().expand(grouped.shape).reshape(SHAPE)
    return affine(norm, x * torch.sigmoid(norm.v * x) / size)


def dyt(norm, x, training):
    return affine(norm, torch.tanh(norm.alpha * x))


SIZE = [("running_mean", [CHANNELS], 0), ("running_size", [CHANNELS], 1)]
CHANNEL_PARAMETERS = [("batch.weight", [CHANNELS]), ("batch.bias", [CHANNELS]),
                      ("group.weight", [CHANNELS]), ("group.bias", [CHANNELS])]
BATCH_BUFFERS = [("batch." + name, shape, value) for name, shape, value in RUNNING]
ELEMENT = [("weight", SHAPE[1:]), ("bias", SHAPE[1:])]

CASES = {
    "batch": (batch, AFFINE, RUNNING),
    "noisy": (noisy, AFFINE, RUNNING),
    "batch:frozen": (frozen, AFFINE, RUNNING),
    "batch:untracked": (untracked, AFFINE, []),
    "ghost:2": (ghost, AFFINE, RUNNING),
    "l1": (lp(lambda d: mean(d.abs(), PIXELS) + EPS), AFFINE, SIZE),
    "l2": (lp(lambda d: (mean(d * d, PIXELS) + EPS).sqrt()), AFFINE, SIZE),
    "linf": (lp(lambda d: d.abs().amax(PIXELS, keepdim=True) + EPS), AFFINE, SIZE),
    "mean-only": (mean_only, AFFINE[1:], RUNNING[:1]),
    "variance-only": (variance_only, AFFINE, RUNNING[1:]),
    "renorm": (batch, AFFINE, RUNNING),  # its first steps
    "renorm:rmax=1.2:dmax=0.3:warmup=0": (renorm(1.2, 0.3), AFFINE, RUNNING),
    "switchable": (switchable, AFFINE + [("mean_weight", [3]), ("var_weight", [3])], RUNNING),
    "batch-instance": (batch_instance, AFFINE + [("rho", [CHANNELS])], RUNNING),
    "bcn:2": (batch_channel, CHANNEL_PARAMETERS, BATCH_BUFFERS),
    "group:2": (group, AFFINE, []),
    "instance": (instance, AFFINE, []),
    "instance:tracked": (lambda *of: instance(*of, tracked=True), AFFINE, RUNNING),
    "layer": (lambda *of: group(*of, groups=1), AFFINE, []),
    "layer:affine=element": (layer_element, ELEMENT, []),
    "layer:channels": (layer_channels, AFFINE, []),
    "rms": (rms, AFFINE[:1], []),
    "rms:channels": (lambda *of: rms(*of, axes=(3,)), AFFINE[:1], []),
    "lrn:3:alpha=0.5": (local_response, [], []),
    "frn": (frn, AFFINE + [("tau", [CHANNELS])], []),
    "frn:learn-eps=yes": (lambda norm, *of: frn(norm, *of, learnt_eps=norm.eps.abs()),
                          AFFINE + [("eps", [1]), ("tau", [CHANNELS])], []),
    "evonorm-b0": (evo_b0, AFFINE + [("v", [CHANNELS])], RUNNING[1:]),
    "evonorm-s0:2": (evo_s0, AFFINE + [("v", [CHANNELS])], []),
    "dyt": (dyt, [("alpha", [1])] + AFFINE, []),
}


def run(spec):
    rule, parameters, buffers = CASES[spec]
    norm, stages = Norm(parameters, buffers), []
    for stream, stage in enumerate([f"step{step}" for step in range(STEPS)] + ["evaluation"]):
        name = f"norm.{spec}.{stage}"
        norm.rng = Rng(1, stream).fork(golden.fnv1a64("0"))
        norm.values = {key: golden.tensor(f"{name}.{key}", shape, 0.2, 0.9).requires_grad_()
                       for key, shape in parameters}
        x = golden.tensor(f"{name}.x", SHAPE, -1, 2).requires_grad_()
        y = rule(norm, x, stage != "evaluation")
        dy = golden.tensor(f"{name}.dy", SHAPE)
        inputs = {"x": x, **norm.values}
        gradients = torch.autograd.grad(y, list(inputs.values()), dy)
        stages.append({
            "stage": stage, "y": golden.numbers(y, DIGITS),
            **{f"d{key}": golden.numbers(value, DIGITS) for key, value in zip(inputs, gradients)},
            "buffers": {key: golden.numbers(value, DIGITS) for key, value in norm.buffers.items()},
        })
    return {"spec": spec, "stages": stages}


def weight_rules():
    """The weights that the rules yield, and the gradient of those that are learnt."""
    shape = [3, 2, 2, 4]
    axes, results = (1, 2, 3), []
    for spec in ("ws", "sws", "wn"):
        w = golden.tensor(f"rule.{spec}.weight", shape, -1, 1).requires_grad_()
        centred = (w - mean(w, axes)) / (var(w, axes).sqrt() + EPS)
        if spec == "wn":  # Keel's g starts as the norm: set apart, so that it counts
            g = golden.tensor("rule.wn.weight_g", [3, 1, 1, 1], 0.5, 1.5).requires_grad_()
            used, learnt = torch._weight_norm(w, g, 0), {"weight": w, "weight_g": g}
        elif spec == "sws":
            g = golden.tensor("rule.sws.weight_gain", [3, 1, 1, 1], 0.5, 1.5).requires_grad_()
            used, learnt = centred * g * 1.7128 / 16 ** 0.5, {"weight": w, "weight_gain": g}
        else:
            used, learnt = centred, {"weight": w}
        dy = golden.tensor(f"rule.{spec}.dy", shape)
        gradients = torch.autograd.grad(used, list(learnt.values()), dy)
        results.append({"spec": spec, "used": golden.numbers(used, DIGITS),
                        **{f"d{key}": golden.numbers(value, DIGITS)
                           for key, value in zip(learnt, gradients)}})
    results.append(spectral_norm(shape))
    return results


def spectral_norm(shape):
    """Where its power iteration ends, whatever its first vectors: with those of the largest singular value.
    They are constants to the gradient."""
    w = golden.tensor("rule.sn.weight", shape, -1, 1)
    u, _, v = np.linalg.svd(w.reshape(shape[0], -1).numpy())
    direction = np.outer(u[:, 0], v[0]).reshape(shape)
    sigma = (w.numpy() * direction).sum()
    dy = golden.tensor("rule.sn.dy", shape).numpy()
    dweight = dy / sigma - (dy * w.numpy()).sum() / sigma**2 * direction
    return {"spec": "sn", "used": golden.numbers(w / sigma, DIGITS),
            "dweight": golden.numbers(dweight.tolist(), DIGITS)}


BLOCK = [2, 3, 3, CHANNELS]
WEIGHT = [CHANNELS, 3, 3, CHANNELS]


def convolution(x, weight, bias=None):
    return functional.conv2d(x.permute(0, 3, 1, 2), golden.to_nchw(weight), bias,
                             padding=1).permute(0, 2, 3, 1)


def fixup_branch(p, x):
    inner = convolution(x + p["0.input_bias"], p["0.weight"]) + p["1.bias"]
    outer = convolution(inner.relu() + p["3.input_bias"], p["3.weight"])
    return outer * p["4.scale"] + p["4.bias"]


def skip_init_branch(p, x):
    inner = convolution(x, p["0.weight"], p["0.bias"])
    return convolution(inner.relu(), p["3.weight"], p["3.bias"]) * p["4.scale"]


ONE = [1]
BRANCHES = {
    "fixup": (fixup_branch, {"0.input_bias": ONE, "0.weight": WEIGHT, "1.bias": ONE, "3.input_bias": ONE,
                             "3.weight": WEIGHT, "4.scale": ONE, "4.bias": ONE}),
    "skipinit": (skip_init_branch, {"0.weight": WEIGHT, "0.bias": [CHANNELS], "3.weight": WEIGHT,
                                    "3.bias": [CHANNELS], "4.scale": ONE}),
}


def residual_block(spec):
    """x + branch(x) of what is put in a norm's place inside a residual branch and at its end."""
    branch, shapes = BRANCHES[spec]
    name = f"block.{spec}"
    p = {key: golden.tensor(f"{name}.{key}", shape, *((-0.5, 0.5) if shape == WEIGHT else (0.2, 0.9)))
         .requires_grad_() for key, shape in shapes.items()}
    x = golden.tensor(f"{name}.x", BLOCK, -1, 2).requires_grad_()
    y = x + branch(p, x)
    inputs = {"x": x, **p}
    gradients = torch.autograd.grad(y, list(inputs.values()), golden.tensor(f"{name}.dy", BLOCK))
    return {"spec": spec, "y": golden.numbers(y, DIGITS),
            **{f"d{key}": golden.numbers(value, DIGITS) for key, value in zip(inputs, gradients)}}


if __name__ == "__main__":
    golden.write("norms.json", {"shape": SHAPE, "cases": [run(spec) for spec in CASES],
                                "weight_rules": weight_rules(), "block_shape": BLOCK,
                                "blocks": [residual_block(spec) for spec in BRANCHES]})
