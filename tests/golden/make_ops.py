"""Writes ops.json: values and gradients of single operations, in float64.

Inputs and the upstream gradient are golden tensors CASE.INPUT and CASE.dy, in Keel's layouts.
"""

import torch
from torch.nn import functional

import golden

SIGNED = (-1, 1)


def differentiate(name, y, inputs):
    """y and the gradient of each input under the upstream gradient NAME.dy."""
    y = golden.to_nhwc(y)
    dy = golden.tensor(f"{name}.dy", y.shape)
    gradients = torch.autograd.grad(y, list(inputs.values()), dy)
    outputs = {"y": y, **{f"d{key}": value for key, value in zip(inputs, gradients)}}
    return {key: {"shape": list(value.shape), "values": golden.numbers(value)}
            for key, value in outputs.items()}


def leaves(name, specification):
    return {key: golden.tensor(f"{name}.{key}", shape, *limits).requires_grad_()
            for key, (shape, limits) in specification.items()}


def case(op, name, options, specification, f):
    """f takes the inputs in PyTorch's layouts."""
    name = f"{op}.{name}"
    inputs = leaves(name, specification)
    y = f(*[golden.to_nchw(value) for value in inputs.values()])
    return {
        "op": op, "name": name, "options": options,
        "inputs": {key: {"shape": shape, "range": list(limits)}
                   for key, (shape, limits) in specification.items()},
        "outputs": differentiate(name, y, inputs),
    }


def convolutions():
    cases = [
        ("plain", [2, 5, 4, 3], [4, 3, 3, 3], {}),
        ("padded", [1, 5, 5, 2], [3, 3, 3, 2], {"padding": 1}),
        ("strided", [2, 6, 5, 2], [3, 3, 3, 2], {"stride": 2, "padding": 1}),
        ("dilated", [1, 7, 6, 2], [2, 3, 3, 2], {"padding": 1, "dilation": 2}),
        ("grouped", [1, 4, 4, 4], [6, 3, 3, 2], {"padding": 1, "groups": 2}),
        ("depthwise", [1, 5, 5, 3], [3, 3, 3, 1], {"stride": 2, "padding": 1, "groups": 3}),
        ("pointwise", [1, 4, 3, 5], [3, 1, 1, 5], {"stride": 2}),
        ("five", [1, 6, 6, 1], [2, 5, 5, 1], {"padding": 2}),
        ("everything", [1, 9, 8, 4], [4, 3, 3, 2],
         {"stride": 2, "padding": 2, "dilation": 2, "groups": 2}),
    ]
    for name, x, weight, options in cases:
        inputs = {"x": (x, SIGNED), "weight": (weight, SIGNED), "bias": ([weight[0]], SIGNED)}
        yield case("conv2d", name, options, inputs,
                   lambda *args, options=options: functional.conv2d(*args, **options))


def pools():
    x = {"x": ([2, 6, 5, 2], SIGNED)}
    for name, options in [
        ("plain", {"kernel": 2, "stride": 2, "padding": 0}),
        ("overlapping", {"kernel": 3, "stride": 2, "padding": 1}),
    ]:
        torch_options = {"kernel_size": options["kernel"], "stride": options["stride"],
                         "padding": options["padding"]}
        yield case("max_pool2d", name, options, x,
                   lambda x, o=torch_options: functional.max_pool2d(x, **o))
        for include in (True, False):
            yield case("avg_pool2d", f"{name}.{'counted' if include else 'uncounted'}",
                       {**options, "count_include_pad": include}, x,
                       lambda x, o=torch_options, i=include:
                       functional.avg_pool2d(x, **o, count_include_pad=i))
    for size in ([1, 1], [3, 2], [4, 4]):
        yield case("adaptive_avg_pool2d", f"to{size[0]}x{size[1]}", {"size": size},
                   {"x": ([1, 7, 5, 2], SIGNED)},
                   lambda x, size=size: functional.adaptive_avg_pool2d(x, size))


def group_norms():
    channels = 4
    inputs = {"x": ([2, 3, 3, channels], (-1, 2)), "gamma": ([channels], (0.5, 1.5)),
              "beta": ([channels], SIGNED)}
    for name, groups in (("layer", 1), ("group", 2), ("instance", channels)):
        yield case("group_norm", name, {"groups": groups, "eps": 1e-5}, inputs,
                   lambda x, gamma, beta, g=groups: functional.group_norm(x, g, gamma, beta, 1e-5))


def batch_norm(name, momentum, steps=3, channels=3):
    """Training steps on NAME.step0.x, ..., then evaluation on NAME.evaluation.x."""
    specification = {"x": ([2, 3, 2, channels], (-1, 2)), "gamma": ([channels], (0.5, 1.5)),
                     "beta": ([channels], SIGNED)}
    layer = torch.nn.BatchNorm2d(channels, momentum=momentum).double()
    results = []
    for stage in [f"step{step}" for step in range(steps)] + ["evaluation"]:
        layer.train(stage != "evaluation")
        inputs = leaves(f"{name}.{stage}", specification)
        x = golden.to_nchw(inputs["x"])
        y = torch.nn.utils.stateless.functional_call(
            layer, {"weight": inputs["gamma"], "bias": inputs["beta"]}, x)
        results.append({
            "stage": stage,
            "outputs": differentiate(f"{name}.{stage}", y, inputs),
            "running_mean": golden.numbers(layer.running_mean),
            "running_var": golden.numbers(layer.running_var),
        })
    return {"op": "batch_norm", "name": name, "options": {"momentum": momentum, "eps": 1e-5},
            "inputs": {key: {"shape": shape, "range": list(limits)}
                       for key, (shape, limits) in specification.items()},
            "stages": results}


def activations():
    functions = {
        "relu": functional.relu,
        "leaky_relu": lambda x: functional.leaky_relu(x, 0.01),
        "elu": functional.elu,
        "gelu": functional.gelu,
        "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "silu": functional.silu,
        "softplus": functional.softplus,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
    }
    for op, function in functions.items():
        yield case(op, "values", {}, {"x": ([4, 5], (-4, 4))}, function)


def losses():
    samples, classes = 6, 5
    for name, smoothing in (("plain", 0.0), ("smoothed", 0.1)):
        labels = golden.labels(f"cross_entropy.{name}.labels", samples, classes)
        yield case("cross_entropy", name, {"label_smoothing": smoothing},
                   {"x": ([samples, classes], (-3, 3))},
                   lambda x, labels=labels, s=smoothing:
                   functional.cross_entropy(x, labels, label_smoothing=s))
    targets = golden.tensor("bce_with_logits.plain.targets", [3, 4], 0, 1)
    yield case("bce_with_logits", "plain", {}, {"x": ([3, 4], (-3, 3))},
               lambda x: functional.binary_cross_entropy_with_logits(x, targets))


def main():
    golden.write("ops.json", {
        "cases": [*convolutions(), *pools(), *group_norms(), *activations(), *losses()],
        "batch_norm": [batch_norm("batch_norm.momentum", 0.1), batch_norm("batch_norm.cumulative", None)],
        # The first values of three golden tensors, to check the C++ twin of golden.tensor by.
        "golden_tensors": [{"name": name, "values": golden.tensor(name, [6], -2, 3).tolist()}
                           for name in ("a", "conv2d.plain.x", "labels.0")],
    })


if __name__ == "__main__":
    main()
