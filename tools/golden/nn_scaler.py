"""Writes packages/nn/test/goldens/gradScaler.json: how torch.amp.GradScaler's scale moves over scripted overflows.

Run from the repository root: /path/to/python tools/golden/nn_scaler.py   (torch 2.13)

`overflows` are the steps, from 0, whose gradients are infinite; `scales` is [step, scale] wherever the scale after a step
is another than before it.
"""

import json
import random

import torch

PATH = "packages/nn/test/goldens/gradScaler.json"


def scales(options, steps, overflows):
    p = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.SGD([p], lr=0.0)
    scaler = torch.amp.GradScaler(
        "cpu",
        init_scale=options["initScale"],
        growth_factor=options["growthFactor"],
        backoff_factor=options["backoffFactor"],
        growth_interval=options["growthInterval"],
    )
    changes, before = [], options["initScale"]
    for step in range(steps):
        optimizer.zero_grad()
        scaler.scale(p.sum() * 1e-30).backward()
        if step in overflows:
            p.grad[1] = float("inf")
        scaler.step(optimizer)
        scaler.update()
        if scaler.get_scale() != before:
            before = scaler.get_scale()
            changes.append([step, before])
    return changes


random.seed(1)
cases = []
for options, steps, overflows in [
    ((65536.0, 2.0, 0.5, 2000), 9000, [0, 1, 2, 2500, 4501, 6500, 6501]),
    ((1024.0, 2.0, 0.5, 5), 400, sorted(random.sample(range(400), 60))),
    ((8.0, 3.0, 0.25, 1), 60, sorted(random.sample(range(60), 15))),
    ((2.0**126, 2.0, 0.5, 2), 20, [9]),
]:
    named = dict(zip(["initScale", "growthFactor", "backoffFactor", "growthInterval"], options))
    cases.append({"options": named, "steps": steps, "overflows": overflows, "scales": scales(named, steps, overflows)})

with open(PATH, "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
