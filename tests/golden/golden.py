"""What the make_*.py scripts share: golden tensors and the files' form."""

import json
import pathlib

import numpy as np
import torch

from philox import Rng

SEED = 20240101


def fnv1a64(name):
    """The 64-bit FNV-1a hash of a name's bytes."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def tensor(name, shape, low=-1.0, high=1.0, dtype=torch.float64):
    """The golden tensor NAME: low + (high - low) u_i, u the uniform numbers of stream fnv1a64(NAME)."""
    u = Rng(SEED, fnv1a64(name)).uniform(int(np.prod(shape)))
    return torch.from_numpy(low + (high - low) * u).reshape(shape).to(dtype)


def labels(name, count, classes):
    """Class numbers floor(classes u_i)."""
    return tensor(name, [count], 0, classes).floor().long()


def to_nchw(x):
    """Keel's [N, H, W, C] (images) or [O, kh, kw, I] (weights) in PyTorch's order."""
    return x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x


def to_nhwc(x):
    return x.permute(0, 2, 3, 1).contiguous() if x.dim() == 4 else x


def numbers(x, digits=14):
    """Flat list of a tensor's (or sequence's) values, rounded to keep files small."""
    return [float(f"{v:.{digits}g}") for v in torch.as_tensor(x, dtype=torch.float64).flatten().tolist()]


def dump(value, indent=""):
    """JSON with a list of plain values on one line."""
    deeper = indent + " "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {dump(item, deeper)}" for key, item in value.items()]
        brackets = "{}"
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        items = [dump(item, deeper) for item in value]
        brackets = "[]"
    else:
        return json.dumps(value)
    one_line = brackets[0] + ", ".join(items) + brackets[1]
    if "\n" not in one_line and len(one_line) < 90:
        return one_line
    return (f"{brackets[0]}\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}{brackets[1]}")


def write(name, content):
    """Writes tests/golden/NAME."""
    path = pathlib.Path(__file__).with_name(name)
    path.write_text(dump({"torch": torch.__version__, **content}) + "\n")
    print(f"{name}: {path.stat().st_size / 1024:.0f} kB")
