"""Writes packages/nn/test/goldens/layers.json: convolutions, pooling, resizing, norms, recurrent layers, more activations.

Run from the repository root: /path/to/python tools/golden/nn_layers.py   (torch 2.13)

Each case builds PyTorch's own module in double precision, fills its parameters with numbers that f32 holds exactly, and
holds its state, outputs, the gradients of Σ output · weight (see golden.weights) and, after training, its buffers.
"""

import re

import torch
import torch.nn.functional as F
from torch import nn

import golden

PATH = "packages/nn/test/goldens/layers.json"
f32, f64 = torch.float32, torch.float64
cases = []


def rand(*shape, seed="", low=-2.0, high=2.0):
    """Two decimals, so that the file stays small."""
    x = torch.rand(shape, generator=golden.seeded("layers", *shape, seed), dtype=f64) * (high - low) + low
    return (x * 100).round().div(100).to(f32)


def camel(name):
    return re.sub(r"_(.)", lambda m: m.group(1).upper(), name)


def flat(outputs):
    return [item for x in outputs for item in flat(x)] if isinstance(outputs, (tuple, list)) else [outputs]


def record(name, args, options, inputs, module, compute=None, train=True, rename={}):
    """`compute` calls the module where it takes more than its inputs; `rename` gives options our names."""
    module = module.to(f64).train(train)
    with torch.no_grad():
        for key, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(rand(*tensor.shape, seed=key, low=0.1 if "var" in key else -1, high=1))
    state = {key: tensor.detach().clone() for key, tensor in module.state_dict().items()}
    given = [x.to(f64).requires_grad_() for x in inputs]
    outputs = flat((compute or (lambda *xs: module(*xs)))(*given))
    sum((y * golden.weights(y.shape)).sum() for y in outputs).backward()
    slopes = {**{f"input{i}": x.grad for i, x in enumerate(given)}, **{key: p.grad for key, p in module.named_parameters()}}
    after = {key: tensor for key, tensor in module.named_buffers()} if train else {}
    ours = {rename.get(key, camel(key)): value for key, value in options.items()}
    cases.append(
        {"name": name, "args": args, "options": ours, "training": train, "inputs": inputs, "state": state}
        | {"outputs": outputs, "gradients": slopes, "after": after}
    )


class Call(nn.Module):
    """A function as a module without parameters."""

    def __init__(self, compute):
        super().__init__()
        self.forward = compute


class Asymmetric(nn.Module):
    """A convolution behind explicit padding (left, right, top, bottom)."""

    def __init__(self, padding, **options):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(3, 2, 3, 2)), nn.Parameter(torch.empty(3))
        self.forward = lambda x: F.conv2d(F.pad(x, padding), self.weight, self.bias, **options)


def activations():
    x = torch.cat([rand(3, 4, seed="activation", low=-4, high=4), torch.tensor([[0.0, -3.0, 3.0, 6.0], [-1.0, 1.0, -40.0, 40.0]])])
    table = {
        "elu": [(F.elu, [], {}), (lambda x: F.elu(x, 0.5), [0.5], {})],
        "selu": [(F.selu, [], {})],
        "mish": [(F.mish, [], {})],
        "quickGelu": [(lambda x: x * torch.sigmoid(1.702 * x), [], {})],
        "softplus": [(F.softplus, [], {}), (lambda x: F.softplus(x, 2, 3), [{"beta": 2, "threshold": 3}], {})],
        "glu": [(F.glu, [], {}), (lambda x: F.glu(x[:4], 0), [0], {})],
        "geglu": [(lambda x: x[..., :2] * F.gelu(x[..., 2:]), [], {})],
        "swiglu": [(lambda x: x[..., :2] * F.silu(x[..., 2:]), [], {})],
        "hardtanh": [(F.hardtanh, [], {}), (lambda x: F.hardtanh(x, -2, 0.5), [-2, 0.5], {})],
        "relu6": [(F.relu6, [], {})],
        "hardsigmoid": [(F.hardsigmoid, [], {})],
        "hardswish": [(F.hardswish, [], {})],
    }
    for name, variants in table.items():
        for compute, args, options in variants:
            record(name, args, options, [x[:4] if args == [0] else x], Call(compute))
    record("PReLU", [], {}, [x], nn.PReLU())
    record("PReLU", [], {"num_parameters": 4}, [rand(2, 4, 3)], nn.PReLU(4))


def convolutions():
    for options in ({}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2, "bias": False}, {"padding": "same"}):
        record("Conv1d", [4, 6, 3], options, [rand(2, 4, 8)], nn.Conv1d(4, 6, 3, **options))
    record("Conv1d", [4, 6, 4], {"padding": "same", "dilation": 1}, [rand(4, 8)], nn.Conv1d(4, 6, 4, padding="same"))
    x = rand(2, 2, 5, 6)
    for options in (
        {},
        {"stride": [2, 1], "padding": [1, 2]},
        {"dilation": [1, 2], "padding": 1, "bias": False},
        {"padding": "same", "dilation": 2},
    ):
        record("Conv2d", [2, 3, [3, 2]], options, [x], nn.Conv2d(2, 3, (3, 2), **options))
    record("Conv2d", [4, 4, 3], {"groups": 4, "padding": 1, "stride": 2}, [rand(1, 4, 5, 5)], nn.Conv2d(4, 4, 3, groups=4, padding=1, stride=2))
    record("Conv2d", [2, 3, [3, 2]], {"padding": [[2, 0], [0, 1]], "stride": 2}, [x], Asymmetric((0, 1, 2, 0), stride=2))
    for options in (
        {"padding": [2, 1], "padding_mode": "reflect"},
        {"padding": [3, 4], "padding_mode": "replicate", "stride": 2},
        {"padding": [5, 6], "padding_mode": "circular", "dilation": 2},
        {"padding": "same", "padding_mode": "reflect", "bias": False},
    ):
        record("Conv2d", [2, 2, [3, 2]], options, [x], nn.Conv2d(2, 2, (3, 2), **options))
    record("Conv1d", [2, 2, 3], {"padding": 2, "padding_mode": "reflect"}, [rand(2, 5)], nn.Conv1d(2, 2, 3, padding=2, padding_mode="reflect"))
    for options in (
        {},
        {"stride": 2, "padding": 1, "output_padding": 1},
        {"stride": [3, 1], "dilation": [1, 2], "padding": [0, 2]},
        {"groups": 2, "stride": 2, "bias": False},
        {"padding": [2, 1]},
    ):
        x = rand(2, 4, 3, 4)
        record("ConvTranspose2d", [4, 6, [3, 2]], options, [x], nn.ConvTranspose2d(4, 6, (3, 2), **options))
    record("ConvTranspose2d", [4, 2, 1], {"padding": 1}, [rand(4, 3, 4)], nn.ConvTranspose2d(4, 2, 1, padding=1))


def pooling():
    x = rand(1, 2, 5, 7)
    tied = (x * 2).round()
    for options in ({}, {"stride": 1}, {"padding": 1, "dilation": 2, "stride": 2}, {"ceil_mode": True, "stride": 2}):
        record("MaxPool2d", [3], options, [x], nn.MaxPool2d(3, **options))
    record("MaxPool2d", [[2, 3]], {"stride": [1, 2]}, [tied], nn.MaxPool2d((2, 3), stride=(1, 2)))
    for options in ({}, {"padding": 1, "dilation": 2, "stride": 2}, {"ceil_mode": True, "stride": 2}):
        record("maxPool2dWithIndices", [3], options, [x], Call(lambda x: F.max_pool2d_with_indices(x, 3, **options)))
    record("maxPool2dWithIndices", [[2, 3]], {"stride": [1, 2]}, [tied[0]], Call(lambda x: F.max_pool2d_with_indices(x, (2, 3), (1, 2))))
    for options in (
        {},
        {"stride": 2, "padding": 1},
        {"stride": 2, "padding": 1, "count_include_pad": False},
        {"stride": 2, "padding": 1, "ceil_mode": True},
        {"stride": 2, "ceil_mode": True, "count_include_pad": False},
        {"stride": 2, "divisor_override": 2},
    ):
        record("AvgPool2d", [3], options, [x], nn.AvgPool2d(3, **options))
    for size in (1, [3, 2], [None, 4], [5, 7], [7, 9]):
        record("AdaptiveAvgPool2d", [size], {}, [x], nn.AdaptiveAvgPool2d(size if isinstance(size, int) else tuple(size)))


def resizing():
    x = rand(1, 2, 3, 4)
    for options in (
        {"scale_factor": 2},
        {"size": [5, 3]},
        {"scale_factor": [1.5, 0.5]},
        {"scale_factor": 2, "mode": "bilinear"},
        {"size": [5, 3], "mode": "bilinear"},
        {"size": [5, 8], "mode": "bilinear", "align_corners": True},
        {"scale_factor": [1.5, 2.6], "mode": "bilinear"},
    ):
        arguments = {key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}
        record("interpolate", [], options, [x], Call(lambda x, a=arguments: F.interpolate(x, **a)))
    record("PixelShuffle", [2], {}, [rand(2, 8, 2, 3)], nn.PixelShuffle(2))
    record("Flatten", [1], {}, [x], nn.Flatten())
    record("Bilinear", [3, 4, 2], {}, [rand(2, 5, 3), rand(2, 5, 4)], nn.Bilinear(3, 4, 2))
    record("Bilinear", [3, 4, 2], {"bias": False}, [rand(3), rand(4)], nn.Bilinear(3, 4, 2, bias=False))


def norms():
    x = rand(2, 3, 4)
    rename = {"elementwise_affine": "elementwiseAffine"}
    for shape, options in (([4], {}), ([3, 4], {"eps": 0.1}), ([4], {"elementwise_affine": False, "eps": 1e-5})):
        record("RMSNorm", [shape], {"eps": 2**-23} | options, [x], nn.RMSNorm(shape, **({"eps": 2**-23} | options)), rename=rename)
    for groups, options in ((1, {}), (2, {"eps": 0.1}), (4, {"affine": False})):
        record("GroupNorm", [groups, 4], options, [rand(2, 4, 3, 2)], nn.GroupNorm(groups, 4, **options))
    for options in ({}, {"momentum": None}, {"momentum": 0.3, "eps": 0.1, "affine": False}, {"track_running_stats": False}):
        for train in (True, False):
            record("BatchNorm1d", [3], options, [rand(4, 3)], nn.BatchNorm1d(3, **options), train=train)
    record("BatchNorm1d", [3], {}, [rand(2, 3, 4)], nn.BatchNorm1d(3))
    for train in (True, False):
        record("BatchNorm2d", [3], {}, [rand(2, 3, 2, 3)], nn.BatchNorm2d(3), train=train)


def recurrent():
    for name in ("RNN", "LSTM", "GRU"):
        kind = getattr(nn, name)
        states = 2 if name == "LSTM" else 1
        for options in (
            {},
            {"bias": False, "batch_first": True},
            {"num_layers": 2, "bidirectional": True},
            *([{"nonlinearity": "relu"}] if name == "RNN" else []),
            *([{"proj_size": 1}, {"proj_size": 2, "num_layers": 2, "bidirectional": True}] if name == "LSTM" else []),
        ):
            record(name, [2, 3], options, [rand(4, 2, 2)], kind(2, 3, **options))
        record(name, [2, 3], {}, [rand(5, 2)], kind(2, 3))
        layer = kind(2, 3, 2)
        start = [rand(2, 2, 3, seed=f"state{i}") for i in range(states)]
        call = lambda x, *state: layer(x, state if states == 2 else state[0])
        record(name, [2, 3], {"num_layers": 2}, [rand(4, 2, 2), *start], layer, call)
        packed = kind(2, 3, 2, bidirectional=True)
        lengths = [2, 4, 1]

        def run(x, layer=packed):
            y, state = layer(nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False))
            return nn.utils.rnn.pad_packed_sequence(y, total_length=x.shape[0])[0], state

        record(name, [2, 3], {"num_layers": 2, "bidirectional": True, "lengths": lengths}, [rand(4, 3, 2)], packed, run)


for part in (activations, convolutions, pooling, resizing, norms, recurrent):
    part()
golden.write(PATH, cases)
