"""Writes optim.json: optimisers, gradient clipping and learning-rate schedules of torch.optim."""

import torch

import golden

STEPS = 10
SHAPES = [[3, 4], [5]]

OPTIMIZERS = [
    ("sgd", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.05}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.01, "weight_decay": 0.05}),
    ("adam", {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.01}),
    ("adamw", {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1}),
]
CLASSES = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


def parameters():
    return [torch.nn.Parameter(golden.tensor(f"param{i}", shape)) for i, shape in enumerate(SHAPES)]


def set_gradients(params, step):
    for i, param in enumerate(params):
        param.grad = golden.tensor(f"grad.step{step}.param{i}", param.shape)


def run_optimizer(kind, options):
    params = parameters()
    optimizer = CLASSES[kind](params, **options)
    steps = []
    for step in range(STEPS):
        set_gradients(params, step)
        optimizer.step()
        steps.append([golden.numbers(param) for param in params])
    return {"optimizer": kind, "options": options, "steps": steps}


def clip(kind, limit):
    params = parameters()
    set_gradients(params, 0)
    entry = {"kind": kind, "limit": limit}
    if kind == "norm":
        entry["norm"] = torch.nn.utils.clip_grad_norm_(params, limit).item()
    else:
        torch.nn.utils.clip_grad_value_(params, limit)
    return {**entry, "gradients": [golden.numbers(param.grad) for param in params]}


def schedule(kind, lr, steps, options):
    """The learning rate used by each of the steps."""
    param = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([param], lr=lr)
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **options)
    rates = []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < steps:
            scheduler.step()
    return {"schedule": kind, "lr": lr, "options": options, "rates": golden.numbers(rates)}


def main():
    golden.write("optim.json", {
        "shapes": SHAPES,
        "optimizers": [run_optimizer(*entry) for entry in OPTIMIZERS],
        "clipping": [clip("norm", 1.0), clip("norm", 100.0), clip("value", 0.3)],
        "schedules": [
            schedule("StepLR", 0.1, 12, {"step_size": 4, "gamma": 0.5}),
            schedule("MultiStepLR", 0.1, 12, {"milestones": [3, 7, 8], "gamma": 0.1}),
            schedule("ExponentialLR", 0.1, 12, {"gamma": 0.9}),
            schedule("CosineAnnealingLR", 0.1, 13, {"T_max": 12, "eta_min": 0.0}),
            schedule("CosineAnnealingLR", 0.1, 13, {"T_max": 12, "eta_min": 0.01}),
            schedule("OneCycleLR", 0.004, 20,
                     {"max_lr": 0.1, "total_steps": 20, "pct_start": 0.3, "anneal_strategy": "cos",
                      "cycle_momentum": False, "div_factor": 25.0, "final_div_factor": 1e4}),
        ],
    })


if __name__ == "__main__":
    main()
