"""Writes packages/nn/test/goldens/lora/: a network with adapters of Hugging Face PEFT: output, gradients, merged weights, steps.

Run from the repository root: /path/to/python tools/golden/nn_lora.py   (torch 2.13, peft 0.21)

`theirs/` is an adapter as PEFT saves it. Also loads with PEFT what @wids/nn saved (`ours/`, by test/lora.test.ts with
WIDS_WRITE=1) and fails if the network then computes anything else.
"""

import os

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

import golden

FOLDER = "packages/nn/test/goldens/lora"
f32, f64 = torch.float32, torch.float64


def rand(*shape, seed):
    """Two decimals, so that the file stays small."""
    x = torch.rand(shape, generator=golden.seeded("lora", *shape, seed), dtype=f64) * 2 - 1
    return (x * 100).round().div(100).to(f32).to(f64)


class Network(nn.Module):
    """tanh between three linear layers, one of which gets no adapter."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 6), nn.Linear(6, 5, bias=False)])
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)


def base():
    model = Network().to(f64)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(rand(*p.shape, seed=name))
    return model


def adapted(**options):
    config = LoraConfig(target_modules=["0", "head"], **options)
    model = get_peft_model(base(), config)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_" in name:
                p.copy_(rand(*p.shape, seed=name))
    return model


def adapters(model, pick=lambda p: p.detach().clone()):
    """By the names that PEFT saves: without the adapter's own."""
    named = [(name, p) for name, p in model.named_parameters() if "lora_" in name]
    return {name.replace(".default", ""): pick(p) for name, p in named}


def case(x, **options):
    model = adapted(**options)
    before = adapters(model)
    output = model(x)
    (output * golden.weights(output.shape)).sum().backward()
    gradients = adapters(model, lambda p: p.grad.clone())
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()
    after = adapters(model)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_" in name:
                p.copy_(before[name.replace(".default", "")])
    merged = {name: p.detach() for name, p in model.merge_and_unload().named_parameters()}
    return {"options": options, "adapter": before, "output": output, "gradients": gradients, "after": after, "merged": merged}


x = rand(2, 7, 4, seed="x")
cases = [case(x, r=2, lora_alpha=6), case(x, r=3, lora_alpha=4, use_rslora=True)]
golden.write(f"{FOLDER}/lora.json", {"base": dict(base().named_parameters()), "input": x, "cases": cases})

theirs = adapted(r=2, lora_alpha=6).to(f32)
theirs.save_pretrained(f"{FOLDER}/theirs")
os.remove(f"{FOLDER}/theirs/README.md")
for file in os.listdir(f"{FOLDER}/theirs"):
    os.chmod(f"{FOLDER}/theirs/{file}", 0o644)

if os.path.exists(f"{FOLDER}/ours"):
    ours = PeftModel.from_pretrained(base(), f"{FOLDER}/ours").to(f64)
    torch.testing.assert_close(ours(x), adapted(r=2, lora_alpha=6)(x), rtol=1e-6, atol=1e-6)
    print("PEFT computes the same with what we saved")
