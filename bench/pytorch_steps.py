"""Times training steps of one of Keel's models in PyTorch: the other side of bench/vs_pytorch.

Prints one JSON object: {"images_per_second": ..., "step_ms_median": ..., "peak_memory_bytes": ...}.
"""

import argparse
import json
import pathlib
import resource
import statistics
import sys
import time

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "golden"))
import models  # noqa: E402

IMAGES = {"lenet5": (1, 28, 28), "mlp": (1, 28, 28), "vgg-small": (3, 32, 32), "resnet20": (3, 32, 32)}
WARM_UP = 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, choices=IMAGES)
    parser.add_argument("--norm", required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--layout", choices=("nchw", "nhwc"), required=True)
    parser.add_argument("--forward-only", action="store_true")
    parser.add_argument("--on-request", action="store_true", help="once for each line of standard input")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    model = getattr(models, args.model.replace("-", "_"))(args.norm)
    images = torch.randn(args.batch_size, *IMAGES[args.model])
    if args.layout == "nhwc":
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    labels = torch.arange(args.batch_size) % models.CLASSES
    optimizer = torch.optim.SGD(model.parameters(), 1e-3, momentum=0.9, weight_decay=5e-4)
    model.train(not args.forward_only)

    def step():
        if args.forward_only:
            with torch.no_grad():
                model(images)
            return
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    def measure():
        for _ in range(WARM_UP):
            step()
        seconds = []
        for _ in range(args.steps):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        median = statistics.median(seconds)
        print(json.dumps({"images_per_second": args.batch_size / median,
                          "step_ms_median": 1e3 * median,
                          "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}),
              flush=True)

    if args.on_request:
        for _ in sys.stdin:
            measure()
    else:
        measure()


if __name__ == "__main__":
    main()
