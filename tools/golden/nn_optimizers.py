"""Writes packages/nn/test/goldens/optimizers.json: 20 steps of every optimizer with every option, and averages of weights.

Run from the repository root: /path/to/python tools/golden/nn_optimizers.py   (torch 2.13)

Gradients are given, so that only the update is compared. All run in double precision: Muon's conversion to bfloat16 is
taken out. Lion, which PyTorch has not, is written from algorithm 2 of Chen et al., 2023.
"""

import re

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import golden

PATH = "packages/nn/test/goldens/optimizers.json"
f32, f64 = torch.float32, torch.float64
torch.Tensor.bfloat16 = lambda self: self.clone()


def rand(*shape, seed="", low=-2.0, high=2.0):
    x = torch.rand(shape, generator=golden.seeded("optimizers", *shape, seed), dtype=f64) * (high - low) + low
    return (x * 100).round().div(100).to(f32)


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
            for w in group["params"]:
                m = self.state[w].setdefault("m", torch.zeros_like(w))
                c = beta1 * m + (1 - beta1) * w.grad
                w -= lr * (c.sign() + decay * w)
                m.copy_(beta2 * m + (1 - beta2) * w.grad)


EPS = 2**-23  # of f32, for which PyTorch would take that of f64
TABLE = [
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.1, "betas": [0.5, 0.8]}),
    ("AdamW", {"lr": 0.05, "amsgrad": True, "betas": [0.5, 0.8]}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True, "alpha": 0.9}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "alpha": 0.9}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 2.0, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "maximize": True, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.05, "maximize": True, "amsgrad": True}),
    ("RMSprop", {"maximize": True, "weight_decay": 0.1}),
    ("Adagrad", {"maximize": True, "weight_decay": 0.1}),
    ("Adadelta", {"maximize": True, "weight_decay": 0.1}),
    ("Adafactor", {"eps": [EPS, 1e-3], "maximize": True, "weight_decay": 0.1}),
    ("Lion", {"lr": 0.01}),
    ("Lion", {"lr": 0.01, "betas": [0.5, 0.9], "weight_decay": 0.1}),
    ("Adafactor", {"eps": [EPS, 1e-3]}),
    ("Adafactor", {"lr": 0.5, "eps": [1e-2, 0.5], "beta2_decay": -0.5}),
    ("Adafactor", {"lr": 0.1, "eps": [EPS, 1e-3], "d": 1.1, "weight_decay": 0.1}),
    ("Muon", {}),
    ("Muon", {"lr": 0.02, "weight_decay": 0.0, "momentum": 0.5, "nesterov": False}),
    ("Muon", {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 3}),
    ("Muon", {"lr": 0.02, "ns_coefficients": [2.0, -1.5, 0.5], "eps": 10.0}),
]
RENAME = {"adjust_lr_fn": "adjust", "ns_steps": "iterations", "ns_coefficients": "coefficients", "match_rms_adamw": "matchRmsAdamW"}

shapes = {"weight": (3, 2), "wide": (2, 4), "bias": (2,)}
start = {name: rand(*shape, seed="start") for name, shape in shapes.items()}
gradients = [{name: rand(*shape, seed=f"step{step}") for name, shape in shapes.items()} for step in range(20)]
runs = []
for name, options in TABLE:
    names = [key for key, shape in shapes.items() if name != "Muon" or len(shape) == 2]
    parameters = {key: nn.Parameter(start[key].to(f64)) for key in names}
    kind = Lion if name == "Lion" else getattr(torch.optim, name)
    optimizer = kind(parameters.values(), **options)
    after = {}
    for step, slopes in enumerate(gradients, 1):
        for key, parameter in parameters.items():
            parameter.grad = slopes[key].to(f64)
        optimizer.step()
        if step in (1, 2, 20):
            after[str(step)] = {key: parameter.detach().clone() for key, parameter in parameters.items()}
    camel = lambda key: re.sub(r"_(.)", lambda m: m.group(1).upper(), key)
    ours = {RENAME.get(key, camel(key)): RENAME.get(value, value) if isinstance(value, str) else value for key, value in options.items()}
    runs.append({"name": name, "options": ours, "after": after})


def averaging():
    model = nn.Linear(2, 1, bias=False).to(f64)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.7))
    weights, averages = [], []
    for step in range(6):
        weights.append(rand(1, 2, seed=f"average{step}"))
        with torch.no_grad():
            model.weight.copy_(weights[-1])
        average.update_parameters(model)
        averages.append(average.module.weight.detach().clone())
    return {"decay": 0.7, "weights": weights, "averages": averages}


golden.write(PATH, {"start": start, "gradients": gradients, "runs": runs, "averaging": averaging()})
