"""Writes training.json: ten training steps of each model with each normalisation.

All runs start from golden tensors rounded to float32. The float64 losses are the reference; the
float32 ones show how much of a difference rounding alone makes. A maximum or a ReLU that rounding
tips over makes two runs part, and the faster the larger the learning rate: hence the small rates.
"""

import math

import torch
from torch import nn
from torch.nn import functional

import golden
from models import CLASSES, lenet5, resnet20, vgg_small

STEPS, BATCH = 10, 8
MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4


def bounds(model):
    """[low, high) of each parameter: weights about He et al. 2015, gamma about 1, beta about 0."""
    result = {}
    for prefix, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            bound = round(math.sqrt(3 / fan_in), 4)
            result[prefix + ".weight"] = (-bound, bound)
            if module.bias is not None:
                result[prefix + ".bias"] = (-0.05, 0.05)
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
            result[prefix + ".weight"] = (0.5, 1.0)
            result[prefix + ".bias"] = (-0.2, 0.2)
    return result


def keel_shape(shape):
    """[O, I, kh, kw] -> [O, kh, kw, I]."""
    return [shape[0], *shape[2:], shape[1]] if len(shape) == 4 else list(shape)


def train(name, model, limits, image_shape, lr, dtype):
    model = model.to(dtype)
    for key, param in model.named_parameters():
        values = golden.tensor(f"{name}.{key}", keel_shape(param.shape), *limits[key], torch.float32)
        param.data.copy_(golden.to_nchw(values))
    optimizer = torch.optim.SGD(model.parameters(), lr, MOMENTUM, weight_decay=WEIGHT_DECAY)

    def images(which):
        shape = [BATCH, *image_shape]
        return golden.to_nchw(golden.tensor(f"images.{which}", shape, 0, 1, torch.float32)).to(dtype)

    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        targets = golden.labels(f"labels.{step % 2}", BATCH, CLASSES)
        loss = functional.cross_entropy(model(images(step % 2)), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        logits = model(images("evaluation"))
    buffers = {key: value for key, value in model.named_buffers() if "running" in key}
    return losses, logits, buffers


def run(make, kind, image_shape, lr, **options):
    model_name = make.__name__.replace("_", "-")
    name = ".".join([model_name, kind, *options.values()])
    model = make(kind, **options)
    limits = bounds(model)
    parameters = [{"name": key, "shape": keel_shape(param.shape), "range": list(limits[key])}
                  for key, param in model.named_parameters()]
    losses32, logits32, _ = train(name, make(kind, **options), limits, image_shape, lr, torch.float32)
    losses, logits, buffers = train(name, model, limits, image_shape, lr, torch.float64)
    difference = max(abs(a / b - 1) for a, b in zip(losses32, losses))
    error = ((logits32 - logits).norm() / logits.norm()).item()
    print(f"{name}: {losses[0]:.4f} -> {losses[-2]:.4f}; float32 differs by {difference:.1e} in the"
          f" losses, {error:.1e} in the logits", flush=True)
    return {
        "name": name, "model": model_name, "norm": kind, **options, "lr": lr, "image": image_shape,
        "parameters": parameters,
        "losses": golden.numbers(losses, 12),
        "losses_float32": golden.numbers(losses32, 8),
        "running_norms": {key: golden.numbers(value.norm(), 10)[0] for key, value in buffers.items()},
        "evaluation_logits": golden.numbers(logits, 10),
    }


def main():
    norms = ["none", "batch", "layer", "group", "instance"]
    runs = [run(lenet5, kind, [28, 28, 1], 0.005) for kind in norms]
    runs += [run(resnet20, kind, [32, 32, 3], 3e-4) for kind in norms]
    runs += [run(resnet20, "batch", [32, 32, 3], 3e-4, shortcut="B")]
    runs += [run(vgg_small, kind, [32, 32, 3], 1e-3 if kind == "none" else 5e-5) for kind in norms]
    golden.write("training.json", {
        "batch": BATCH, "classes": CLASSES, "momentum": MOMENTUM, "weight_decay": WEIGHT_DECAY,
        "runs": runs})


if __name__ == "__main__":
    main()
