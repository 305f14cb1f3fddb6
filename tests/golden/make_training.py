"""Writes training.json: ten training steps of each model with each normalisation.

All runs start from golden tensors rounded to float32. The float64 losses are the reference; the
float32 ones show how much of a difference rounding alone makes. A maximum or a ReLU that rounding
tips over makes two runs part, and the faster the larger the learning rate: hence the small rates.
"""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional

import golden

STEPS, BATCH, CLASSES = 10, 8, 10
MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4


def norm(kind, channels):
    if kind == "none":
        return nn.Identity()
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    width = next(k for k in range(min(8, channels), 0, -1) if channels % k == 0)
    groups = {"layer": 1, "group": channels // width, "instance": channels}[kind]
    return nn.GroupNorm(groups, channels)


def conv(kind, inputs, outputs, kernel, stride=1, padding=0):
    """Convolution and normalisation; the convolution has its bias only without one."""
    return [nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=kind == "none"),
            norm(kind, outputs)]


def two_parts(features, classifier):
    return nn.Sequential(OrderedDict(features=nn.Sequential(*features),
                                     classifier=nn.Sequential(*classifier)))


def lenet5(kind):
    """28 x 28 x 1."""
    features = [*conv(kind, 1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                *conv(kind, 6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    return two_parts(features, [nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84),
                                nn.ReLU(), nn.Linear(84, CLASSES)])


def vgg_small(kind):
    """32 x 32 x 3; 3x3 convolutions 64-64-M-128-128-M-256-256-M."""
    features, inputs = [], 3
    for outputs in (64, 128, 256):
        for _ in range(2):
            features += [*conv(kind, inputs, outputs, 3, padding=1), nn.ReLU()]
            inputs = outputs
        features.append(nn.MaxPool2d(2))
    return two_parts(features, [nn.Flatten(), nn.Linear(256 * 4 * 4, 256), nn.ReLU(),
                                nn.Linear(256, CLASSES)])


class Residual(nn.Module):
    """He et al. 2016: ReLU(main(x) + shortcut(x)), main = conv-norm-ReLU-conv-norm."""

    def __init__(self, kind, inputs, outputs, stride, option):
        super().__init__()
        self.main = nn.Sequential(*conv(kind, inputs, outputs, 3, stride, 1), nn.ReLU(),
                                  *conv(kind, outputs, outputs, 3, 1, 1))
        self.stride, self.added = stride, outputs - inputs
        projects = option == "B" and (stride != 1 or inputs != outputs)
        self.shortcut = nn.Sequential(*conv(kind, inputs, outputs, 1, stride)) if projects else None

    def forward(self, x):
        if self.shortcut is not None:
            skipped = self.shortcut(x)
        else:  # option A: every stride-th pixel, zero channels on both sides
            before = self.added // 2
            skipped = functional.pad(x[:, :, ::self.stride, ::self.stride],
                                     (0, 0, 0, 0, before, self.added - before))
        return functional.relu(self.main(x) + skipped)


def resnet20(kind, shortcut="A"):
    """32 x 32 x 3; He et al. 2016, section 4.2."""
    features, inputs = [*conv(kind, 3, 16, 3, padding=1), nn.ReLU()], 16
    for outputs in (16, 32, 64):
        for block in range(3):
            stride = 2 if block == 0 and outputs > 16 else 1
            features.append(Residual(kind, inputs, outputs, stride, shortcut))
            inputs = outputs
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return two_parts(features, [pool, nn.Linear(64, CLASSES)])


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
