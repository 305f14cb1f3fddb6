"""Trains in PyTorch what Keel has begun to train: the other side of bench/reproduce_in_pytorch.

--begun is a folder of `keel train --save-initial --log-every 1`: config.toml says what is trained, in
initial.safetensors are the weights it starts from and the numbers that images are standardised with, and
log.jsonl tells the losses of Keel's first steps. The order of the images is Keel's, drawn anew.

Prints one JSON object: {"status": "completed" or "diverged", "test_accuracies": [one an epoch], "test_losses":
..., "steps": ..., "losses": [of the steps that Keel has logged], "keel_losses": ..., "images_per_second": ...,
"seconds": ...}; times are those of the steps alone. Needs Python 3.11.
"""

import argparse
import json
import math
import pathlib
import re
import sys
import time
import tomllib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "golden"))
import models  # noqa: E402
from philox import Rng  # noqa: E402

ORDER_STREAM = 0  # of the loader, data/loader.cpp
RECALIBRATION_IMAGES = 10_000  # at most, apps/train/trainer.cpp
EVALUATION_BATCH = 250  # no image's result depends on it

# What this program does as Keel does it. Another value is an error: it would train something else.
SUPPORTED = {
    "data": ["cifar10"], "augment": ["none"], "binarize": [0], "standardize": [True],
    "shuffle": [True], "drop-last": [False],
    "model": ["vgg", "resnet"], "groups": [0], "shortcut": ["A"],
    "norm-eps": [0], "norm-momentum": ["0.1"], "weight-standardization": [False], "activation": ["", "relu"],
    "dropout": [0], "optim": ["sgd"], "decay-norm": [False], "schedule": ["constant", "cosine"],
    "warmup-epochs": [0], "label-smoothing": [0], "clip-norm": [0], "clip-value": [0], "clip-agc": [0],
    "target-accuracy": [0], "patience": [0],
}


class Diverged(Exception):
    pass


NORMS = ["none", "batch", "batch:precise", "layer", "group", "instance", "ghost:N"]
NORMS_OF_RESNET = [*NORMS, "fixup", "skipinit"]
FIXUP_RATE = 0.1  # of the rate at which its numbers learn, layers/norm_free.cpp
RESNET_DEPTH = 20  # that depth = 0 stands for


def check_supported(config):
    norms = NORMS_OF_RESNET if config["model"] == "resnet" else NORMS
    if re.sub(r"^ghost:\d+$", "ghost:N", config["norm"]) not in norms:
        sys.exit(f"norm = {config['norm']!r}: expected one of {norms}")
    for name, values in SUPPORTED.items():
        if config[name] not in values:
            sys.exit(f"{name} = {config[name]!r}: expected one of {values}")


def read_safetensors(path):
    """The tensors, and the metadata."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    metadata = header.pop("__metadata__", {})
    types = {"F32": np.float32, "I64": np.int64}
    tensors = {}
    for name, entry in header.items():
        first, last = (begin + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[first:last], types[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


def read_cifar10(data_dir, files, limit):
    """Bytes [N, 3, 32, 32], and labels."""
    places = [data_dir / "cifar10" / "cifar-10-batches-bin", data_dir / "cifar-10-batches-bin",
              data_dir / "cifar10", data_dir]
    folder = next((place for place in places if (place / files[0]).exists()), None)
    if folder is None:
        sys.exit(f"{data_dir}: expected {files[0]} of CIFAR-10 (binary version) in it or in "
                 "cifar10/cifar-10-batches-bin")
    records = np.concatenate([np.fromfile(folder / file, np.uint8).reshape(-1, 1 + 3072) for file in files])
    records = records[:limit or None]
    return records[:, 1:].reshape(-1, 3, 32, 32), torch.from_numpy(records[:, 0].astype(np.int64))


class Images:
    """A set, standardised as Keel's checkpoint tells."""

    def __init__(self, data, spec):
        pixels, self.labels = data
        mean, std = (np.array(spec[name], np.float32).reshape(3, 1, 1) for name in ("mean", "std"))
        self.values = torch.from_numpy(pixels * (1 / (255 * std)) - mean / std)
        self.values = self.values.contiguous(memory_format=torch.channels_last)

    def __len__(self):
        return len(self.labels)


def check_standardization(pixels, spec):
    """Keel's numbers are those of the images that lie here: both have read the same."""
    levels = np.arange(256) / 255
    for channel in range(pixels.shape[1]):
        shares = np.bincount(pixels[:, channel].ravel(), minlength=256) / pixels[:, channel].size
        mean = (shares * levels).sum()
        std = math.sqrt((shares * (levels - mean) ** 2).sum())
        expected = (spec["mean"][channel], spec["std"][channel])
        if not np.allclose((mean, std), expected, rtol=1e-5):
            sys.exit(f"channel {channel} of the images has mean and deviation {mean:.6f}, {std:.6f}, Keel's "
                     f"{expected[0]:.6f}, {expected[1]:.6f}: its images are others")


def epoch_order(config, epoch, images):
    return torch.from_numpy(Rng(config["seed"]).fork(ORDER_STREAM).fork(epoch).shuffled(images))


def learning_rate(config, step, steps):
    if config["schedule"] == "constant":
        return config["lr"]
    return config["lr"] * (1 + math.cos(math.pi * step / steps)) / 2


def make_model(config):
    norm = config["norm"].removesuffix(":precise")
    if config["model"] == "resnet":
        return models.resnet(norm, config["depth"] or RESNET_DEPTH)
    return models.vgg(norm, config["layers"])


def make_optimizer(config, model):
    weights = [module.weight for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    numbers = [parameter for module in model.modules() if isinstance(module, models.ScalarAffine)
               for parameter in module.parameters()]
    numbers += [parameter for name, parameter in model.named_parameters() if name.endswith("input_bias")]
    known = {id(parameter) for parameter in weights + numbers}
    others = [parameter for parameter in model.parameters() if id(parameter) not in known]
    rate = FIXUP_RATE if config["norm"] == "fixup" else 1
    groups = [{"params": weights, "weight_decay": config["weight-decay"], "share": 1},
              {"params": others, "share": 1}, {"params": numbers, "share": rate}]
    return torch.optim.SGD([group for group in groups if group["params"]], config["lr"], config["momentum"],
                           nesterov=config["nesterov"])


def recalibrate(config, model, train):
    """Running statistics as those of all batches together (Wu & Johnson 2021), each of the run's size and
    normalised by its own: mean(mean^2 + var) - mean(mean)^2, apps/evaluation/recalibrate.h."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    batch = config["batch-size"]
    moments = {norm: [] for norm in norms}  # of each batch: mean, biased variance

    def take(norm, inputs):
        values = inputs[0].double()
        moments[norm].append((values.mean((0, 2, 3)), values.var((0, 2, 3), unbiased=False)))

    hooks = [norm.register_forward_pre_hook(take) for norm in norms]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0
    model.train()
    order = epoch_order(config, 0, len(train))
    usable = len(order) // batch * batch if len(order) > batch else len(order)
    with torch.no_grad():
        for begin in range(0, min(usable, RECALIBRATION_IMAGES), batch):
            model(train.values[order[begin:begin + batch]])
    for norm, hook, momentum in zip(norms, hooks, momenta):
        hook.remove()
        norm.momentum = momentum
        means, variances = (torch.stack(values) for values in zip(*moments[norm]))
        norm.running_mean.copy_(means.mean(0))
        norm.running_var.copy_(variances.mean(0) + means.var(0, unbiased=False))


def evaluate(config, model, train, test):
    """Accuracy and mean loss on the test images."""
    if config["norm"] == "batch:precise":
        recalibrate(config, model, train)
    model.eval()
    correct, loss = 0, 0.0
    with torch.no_grad():
        for begin in range(0, len(test), EVALUATION_BATCH):
            labels = test.labels[begin:begin + EVALUATION_BATCH]
            logits = model(test.values[begin:begin + EVALUATION_BATCH])
            loss += functional.cross_entropy(logits, labels, reduction="sum").item()
            correct += (logits.argmax(1) == labels).sum().item()
    if not math.isfinite(loss):
        raise Diverged
    return correct / len(test), loss / len(test)


class Training:
    def __init__(self, config, model, train, test, at_most):
        self.config, self.model, self.train, self.test = config, model, train, test
        self.optimizer = make_optimizer(config, model)
        self.at_most = at_most  # steps
        self.losses, self.accuracies, self.test_losses = [], [], []
        self.seconds, self.seen = 0.0, 0

    def step(self, chosen, steps):
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * learning_rate(self.config, len(self.losses), steps)
        self.optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(self.model(self.train.values[chosen]), self.train.labels[chosen])
        value = loss.item()
        if not math.isfinite(value):
            raise Diverged
        loss.backward()
        self.optimizer.step()
        self.losses.append(value)
        self.seen += len(chosen)

    def run(self):
        batch, images = self.config["batch-size"], len(self.train)
        steps = self.config["epochs"] * math.ceil(images / batch)
        for epoch in range(self.config["epochs"]):
            order = epoch_order(self.config, epoch, images)
            self.model.train()
            start = time.perf_counter()
            try:
                for begin in range(0, images, batch):
                    if self.at_most is not None and len(self.losses) == self.at_most:
                        return
                    self.step(order[begin:begin + batch], steps)
            finally:
                self.seconds += time.perf_counter() - start
            accuracy, loss = evaluate(self.config, self.model, self.train, self.test)
            self.accuracies.append(accuracy)
            self.test_losses.append(loss)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--begun", type=pathlib.Path, required=True)
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="no more than these, and no evaluation")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    config = tomllib.loads((args.begun / "config.toml").read_text())
    check_supported(config)
    tensors, metadata = read_safetensors(args.begun / "initial.safetensors")
    spec = json.loads(metadata["keel.model"])
    events = [json.loads(line) for line in (args.begun / "log.jsonl").read_text().splitlines()]
    keel_losses = [event["loss"] for event in events if event["event"] == "step"]

    train = read_cifar10(args.data_dir, [f"data_batch_{i}.bin" for i in range(1, 6)], config["limit-train"])
    check_standardization(train[0], spec)
    test = read_cifar10(args.data_dir, ["test_batch.bin"], config["limit-test"])
    model = make_model(config)
    model.load_state_dict(tensors)
    model = model.to(memory_format=torch.channels_last)
    training = Training(config, model, Images(train, spec), Images(test, spec), args.steps)
    status = "completed"
    try:
        training.run()
    except Diverged:
        status = "diverged"
    print(json.dumps({
        "status": status, "test_accuracies": training.accuracies, "test_losses": training.test_losses,
        "steps": len(training.losses), "losses": training.losses[:len(keel_losses)],
        "keel_losses": keel_losses, "images_per_second": training.seen / max(training.seconds, 1e-9),
        "seconds": training.seconds, "framework": "PyTorch " + torch.__version__}))


if __name__ == "__main__":
    main()
