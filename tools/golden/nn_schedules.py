"""Writes packages/nn/test/goldens/schedules.json: 200 learning rates of every schedule in torch.optim.lr_scheduler.

Run from the repository root: /path/to/python tools/golden/nn_schedules.py   (torch 2.13)

`options` are ours. Values have nine digits, so that the file stays small. A warm-up is `SequentialLR` of `LinearLR` and the
schedule in `around`. `ReduceLROnPlateau` is given `measures`.
"""

import json
import math

import torch
from torch import nn
from torch.optim import lr_scheduler as S

PATH = "packages/nn/test/goldens/schedules.json"
LR = 0.1
cases = []


def short(x):
    return float(f"{x:.9g}")


def optimizer(lr=LR):
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)


def rates(make, lr=LR, measures=None):
    """Before each of 200 steps; with measures, after each."""
    o = optimizer(lr)
    scheduler = make(o)
    values = []
    for step in range(200):
        if measures is None:
            values.append(short(o.param_groups[0]["lr"]))
            o.step()
            scheduler.step()
        else:
            scheduler.step(measures[step])
            values.append(short(o.param_groups[0]["lr"]))
    return values


def case(name, options, make, lr=LR, **more):
    cases.append({"name": name, "options": options, **more, "values": rates(make, lr, more.get("measures"))})


case("constant", {"factor": 0.3, "steps": 7}, lambda o: S.ConstantLR(o, 0.3, 7))
case("step", {"lr": LR, "every": 30}, lambda o: S.StepLR(o, 30))
case("step", {"lr": LR, "every": 7, "factor": 0.8}, lambda o: S.StepLR(o, 7, 0.8))
case("multiStep", {"lr": LR, "milestones": [30, 80, 81, 150]}, lambda o: S.MultiStepLR(o, [30, 80, 81, 150]))
case("multiStep", {"lr": LR, "milestones": [20, 20, 5], "factor": 0.5}, lambda o: S.MultiStepLR(o, [20, 20, 5], 0.5))
case("exponential", {"lr": LR, "factor": 0.97}, lambda o: S.ExponentialLR(o, 0.97))
case("cosine", {"peak": LR, "end": 0.01, "steps": 200}, lambda o: S.CosineAnnealingLR(o, 200, 0.01))
case("cosineRestarts", {"peak": LR, "period": 30}, lambda o: S.CosineAnnealingWarmRestarts(o, 30))
case("cosineRestarts", {"peak": LR, "end": 0.02, "period": 13, "factor": 2}, lambda o: S.CosineAnnealingWarmRestarts(o, 13, 2, 0.02))
case("linear", {"lr": LR}, lambda o: S.LinearLR(o))
case("linear", {"lr": LR, "start": 1, "end": 0.1, "steps": 150}, lambda o: S.LinearLR(o, 1, 0.1, 150))
case("polynomial", {"lr": LR}, lambda o: S.PolynomialLR(o))
case("polynomial", {"lr": LR, "steps": 150, "power": 2.5}, lambda o: S.PolynomialLR(o, 150, 2.5))
case("oneCycle", {"peak": LR, "steps": 201}, lambda o: S.OneCycleLR(o, LR, 201, cycle_momentum=False))
case(
    "oneCycle",
    {"peak": LR, "steps": 201, "rise": 0.4, "shape": "linear", "threePhase": True, "startDivisor": 10, "endDivisor": 100},
    lambda o: S.OneCycleLR(o, LR, 201, None, None, 0.4, "linear", False, three_phase=True, div_factor=10, final_div_factor=100),
)
noam = lambda step: 2 * 512**-0.5 * min((step + 1) ** -0.5, (step + 1) * 40**-1.5)
case("inverseSquareRoot", {"channels": 512, "warmup": 40, "factor": 2}, lambda o: S.LambdaLR(o, noam), 1.0)
around = {"name": "exponential", "options": {"lr": LR, "factor": 0.97}}
case("warmup", {"steps": 20, "start": 0.25}, lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.25, 1, 20), S.ExponentialLR(o, 0.97)], [20]), around=around)
around = {"name": "step", "options": {"lr": LR, "every": 30}}
case("warmup", {"steps": 10, "start": 0.1}, lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, 1, 10), S.StepLR(o, 30)], [10]), around=around)

measures = [short(1 / (1 + 0.1 * i) + 0.05 * math.sin(i) if i % 40 < 25 else 2.0) for i in range(200)]
case("plateau", {"lr": LR}, lambda o: S.ReduceLROnPlateau(o), measures=measures)
options = {"lr": LR, "factor": 0.5, "patience": 3, "cooldown": 4, "least": 0.002, "threshold": 0.02, "thresholdMode": "absolute"}
case("plateau", options, lambda o: S.ReduceLROnPlateau(o, "min", 0.5, 3, 0.02, "abs", 4, 0.002), measures=measures)
options = {"lr": LR, "mode": "max", "factor": 0.7, "patience": 5, "threshold": 0.1, "eps": 1e-3}
case("plateau", options, lambda o: S.ReduceLROnPlateau(o, "max", 0.7, 5, 0.1, eps=1e-3), measures=measures)

with open(PATH, "w") as file:
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    file.write("[\n" + ",\n".join(lines) + "\n]\n")
