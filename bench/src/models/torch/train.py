"""A training step of a GPT."""

import itertools

import torch
import torch.nn.functional as F
from torch import nn

from gpt import Gpt
from stored import load


def prepare(task):
    recipe, training = task["recipe"], task["training"]
    model = Gpt(recipe)
    model.load_state_dict(load(task["weights"]))
    optimizer = optimizer_of(model, training)
    shape = (recipe["batch"], recipe["context"] + 1)
    rows = [torch.tensor(ids).view(shape) for ids in task["batches"]]
    batches = itertools.cycle([(ids[:, :-1].contiguous(), ids[:, 1:].contiguous()) for ids in rows])

    def step():
        x, y = next(batches)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), training["clip"])
        optimizer.step()
        return loss

    def run(count):
        for _ in range(count - 1):
            step()
        step().item()

    return [step().item() for _ in range(3)], run


def optimizer_of(model, training):
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": training["weightDecay"]},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    betas = (training["beta1"], training["beta2"])
    return torch.optim.AdamW(groups, lr=training["lr"], betas=betas, eps=training["eps"], fused=True)
