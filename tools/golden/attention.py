"""Writes packages/transformer/test/goldens/attention.json: F.scaled_dot_product_attention, with gradients.

Run from the repository root: /path/to/python tools/golden/attention.py   (torch 2.13, numpy)

Each case: {causal, query, key, value, mask (float or bool, or null), scale (or null), output, gradients: {query, key,
value, mask (float masks)}}. Gradients are of Σ output · weight (see golden.weights). Computed in double precision from
inputs that f32 holds exactly.
"""

import torch
import torch.nn.functional as F

import golden

PATH = "packages/transformer/test/goldens/attention.json"
f32, f64 = torch.float32, torch.float64


def rand(name, *shape):
    """Two decimals, so that the file stays small."""
    x = torch.rand(shape, generator=golden.seeded("attention", name, *shape), dtype=f64) * 4 - 2
    return (x * 100).round().div(100).to(f32).to(f64).requires_grad_()


def case(name, query, key, value, mask=None, causal=False, scale=None):
    inputs = {"query": rand(name + "q", *query), "key": rand(name + "k", *key), "value": rand(name + "v", *value)}
    shared = query[-3] != key[-3] if len(query) > 2 else False
    output = F.scaled_dot_product_attention(
        *inputs.values(), attn_mask=mask, is_causal=causal, scale=scale, enable_gqa=shared
    )
    leaves = {**inputs, **({"mask": mask} if mask is not None and mask.requires_grad else {})}
    slopes = torch.autograd.grad((output * golden.weights(output.shape)).sum(), list(leaves.values()))
    return {
        "name": name,
        "causal": causal,
        "scale": scale,
        "mask": mask,
        **inputs,
        "output": output,
        "gradients": dict(zip(leaves, slopes)),
    }


def hidden(*shape):
    """A mask that hides a third of the keys, and all of the first query's."""
    mask = torch.rand(shape, generator=golden.seeded("hidden", *shape)) > 0.33
    mask[..., 0, :] = False
    return mask


added = rand("bias", 1, 3, 7, 9)
holes = torch.where(hidden(5, 6), 0.0, -torch.inf).to(f64).requires_grad_()
golden.write(
    PATH,
    [
        case("plain", (2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6)),
        case("one head", (5, 4), (7, 4), (7, 3), scale=1.5),
        case("causal", (1, 2, 53, 5), (1, 2, 53, 5), (1, 2, 53, 5), causal=True),
        case("causal, more keys", (1, 2, 4, 5), (1, 2, 7, 5), (1, 2, 7, 5), causal=True),
        case("causal, more queries", (1, 2, 9, 5), (1, 2, 4, 5), (1, 2, 4, 5), causal=True),
        case("shared heads", (2, 4, 6, 5), (2, 2, 6, 5), (2, 2, 6, 5), causal=True),
        case("one shared head", (1, 3, 5, 8), (1, 1, 98, 8), (1, 1, 98, 2)),
        case("bias", (2, 3, 7, 4), (2, 3, 9, 4), (2, 3, 9, 4), mask=added),
        case("bias that hides", (1, 2, 5, 3), (1, 2, 6, 3), (1, 2, 6, 3), mask=holes),
        case("bool mask", (2, 2, 5, 4), (2, 2, 6, 4), (2, 2, 6, 4), mask=hidden(2, 1, 5, 6)),
    ],
)
