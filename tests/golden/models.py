"""Keel's models in PyTorch, with Keel's names of parameters: for golden values and for timing."""

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional

CLASSES = 10


class GhostBatchNorm2d(nn.BatchNorm2d):
    """Each sub-batch of `size` samples, the last one of what is left, by its own statistics, whose means over
    the sub-batches move the running ones."""

    def __init__(self, size, channels):
        super().__init__(channels)
        self.size = size

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        parts = x.split(self.size)
        with torch.no_grad():
            means = torch.stack([part.mean((0, 2, 3)) for part in parts]).mean(0)
            variances = torch.stack([part.var((0, 2, 3)) for part in parts]).mean(0)
            self.running_mean.lerp_(means, self.momentum)
            self.running_var.lerp_(variances, self.momentum)
        return torch.cat([functional.batch_norm(part, None, None, self.weight, self.bias, True, 0, self.eps)
                          for part in parts])


class ScalarAffine(nn.Module):
    """scale x + bias, both one number, where there are any."""

    def __init__(self, scale=None, bias=False):
        super().__init__()
        self.scale = None if scale is None else nn.Parameter(torch.full((1,), float(scale)))
        self.bias = nn.Parameter(torch.zeros(1)) if bias else None

    def forward(self, x):
        x = x if self.scale is None else x * self.scale
        return x if self.bias is None else x + self.bias


class BiasedConv2d(nn.Conv2d):
    """A convolution of x plus one number."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.input_bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return super().forward(x + self.input_bias)


class BiasedLinear(nn.Linear):
    def __init__(self, *args):
        super().__init__(*args)
        self.input_bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return super().forward(x + self.input_bias)


def norm(kind, channels):
    if kind == "none":
        return nn.Identity()
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind.startswith("ghost:"):
        return GhostBatchNorm2d(int(kind.removeprefix("ghost:")), channels)
    width = next(k for k in range(min(8, channels), 0, -1) if channels % k == 0)
    groups = {"layer": 1, "group": channels // width, "instance": channels}[kind]
    return nn.GroupNorm(groups, channels)


def conv(kind, inputs, outputs, kernel, stride=1, padding=0):
    """Convolution and normalisation; the convolution has its bias only without one."""
    return [nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=kind == "none"),
            norm(kind, outputs)]


def branch_conv(kind, inputs, outputs, stride, ends):
    """3x3 convolution and normalisation in a residual branch, or at its end; Fixup (Zhang et al. 2019) and
    SkipInit (De & Smith 2020) have numbers in its place."""
    if kind == "fixup":
        return [BiasedConv2d(inputs, outputs, 3, stride, 1, bias=False), ScalarAffine(1 if ends else None, True)]
    if kind == "skipinit":
        return [nn.Conv2d(inputs, outputs, 3, stride, 1), ScalarAffine(0) if ends else nn.Identity()]
    return conv(kind, inputs, outputs, 3, stride, 1)


def two_parts(features, classifier):
    return nn.Sequential(OrderedDict(features=nn.Sequential(*features),
                                     classifier=nn.Sequential(*classifier)))


def lenet5(kind):
    """28 x 28 x 1."""
    features = [*conv(kind, 1, 6, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(2),
                *conv(kind, 6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    return two_parts(features, [nn.Flatten(), nn.Linear(400, 120), nn.ReLU(inplace=True), nn.Linear(120, 84),
                                nn.ReLU(inplace=True), nn.Linear(84, CLASSES)])


def vgg_small(kind):
    """32 x 32 x 3; 3x3 convolutions 64-64-M-128-128-M-256-256-M."""
    features, inputs = [], 3
    for outputs in (64, 128, 256):
        for _ in range(2):
            features += [*conv(kind, inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
            inputs = outputs
        features.append(nn.MaxPool2d(2))
    return two_parts(features, [nn.Flatten(), nn.Linear(256 * 4 * 4, 256), nn.ReLU(inplace=True),
                                nn.Linear(256, CLASSES)])


def vgg(kind, layers):
    """3 channels; 3x3 convolutions by plan ("16-M-32": M halves the image), global average pooling."""
    features, width = [], 3
    for layer in layers.split("-"):
        if layer == "M":
            features.append(nn.MaxPool2d(2))
        else:
            features += [*conv(kind, width, int(layer), 3, padding=1), nn.ReLU(inplace=True)]
            width = int(layer)
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return two_parts(features, [pool, nn.Linear(width, CLASSES)])


class Residual(nn.Module):
    """He et al. 2016: ReLU(main(x) + shortcut(x)), main = conv-norm-ReLU-conv-norm."""

    def __init__(self, kind, inputs, outputs, stride, option):
        super().__init__()
        self.main = nn.Sequential(*branch_conv(kind, inputs, outputs, stride, False), nn.ReLU(inplace=True),
                                  *branch_conv(kind, outputs, outputs, 1, True))
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
        return functional.relu(self.main(x) + skipped, inplace=True)


def resnet(kind, depth, shortcut="A"):
    """32 x 32 x 3; He et al. 2016, section 4.2, of 6n + 2 layers."""
    if kind == "fixup":
        first = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), ScalarAffine(bias=True)]
    else:
        first = conv("none" if kind == "skipinit" else kind, 3, 16, 3, padding=1)
    features, inputs = [*first, nn.ReLU(inplace=True)], 16
    for outputs in (16, 32, 64):
        for block in range((depth - 2) // 6):
            stride = 2 if block == 0 and outputs > 16 else 1
            features.append(Residual(kind, inputs, outputs, stride, shortcut))
            inputs = outputs
    pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return two_parts(features, [pool, (BiasedLinear if kind == "fixup" else nn.Linear)(64, CLASSES)])


def resnet20(kind, shortcut="A"):
    return resnet(kind, 20, shortcut)


def mlp(kind):
    """784-100-100-100-10 with sigmoids; Ioffe & Szegedy 2015."""
    layers, inputs = [nn.Flatten()], 784
    for _ in range(3):
        normalised = nn.BatchNorm1d(100) if kind == "batch" else nn.Identity()
        layers += [nn.Linear(inputs, 100, bias=kind == "none"), normalised, nn.Sigmoid()]
        inputs = 100
    return nn.Sequential(*layers, nn.Linear(inputs, CLASSES))
