"""Writes packages/nn/test/goldens/nn.json: activations, losses, optimizers, clipping, initialisers and layers of PyTorch.

Run from the repository root: /path/to/python tools/golden/nn.py   (torch 2.13)

Values are computed in double precision from inputs that f32 holds exactly. Where an output is not a scalar, gradients
are of Σ output · weight (see golden.weights). Names and arguments are PyTorch's in camelCase.
"""

import torch
import torch.nn.functional as F
from torch import nn

import golden

PATH = "packages/nn/test/goldens/nn.json"
f32, f64 = torch.float32, torch.float64


def rand(*shape, seed="", low=-2.0, high=2.0):
    """Two decimals, so that the file stays small."""
    x = torch.rand(shape, generator=golden.seeded("nn", *shape, seed), dtype=f64) * (high - low) + low
    return (x * 100).round().div(100).to(f32)


def differentiate(compute, *inputs):
    """Output and gradients; inputs that are not real have none."""
    given = [x.to(f64).requires_grad_() if x.dtype == f32 else x for x in inputs]
    output = compute(*given)
    (output * golden.weights(output.shape)).sum().backward()
    return {"output": output, "gradients": [x.grad if x.requires_grad else None for x in given]}


def activations():
    table = {
        "sigmoid": (F.sigmoid, {}),
        "tanh": (F.tanh, {}),
        "relu": (F.relu, {}),
        "leakyRelu": (F.leaky_relu, {}),
        "leakyRelu steep": (lambda x: F.leaky_relu(x, 0.3), {"negativeSlope": 0.3}),
        "gelu": (F.gelu, {}),
        "gelu tanh": (lambda x: F.gelu(x, approximate="tanh"), {"approximate": "tanh"}),
        "silu": (F.silu, {}),
        "softmax": (lambda x: F.softmax(x, dim=-1), {"axis": -1}),
        "softmax first": (lambda x: F.softmax(x, dim=0), {"axis": 0}),
    }
    x = torch.cat([rand(3, 4, seed="activation", low=-4, high=4), torch.tensor([[0.0, -12.0, 12.0, 1.0]])])
    return [
        {"name": name.split()[0], "options": options, "input": x, **differentiate(compute, x)}
        for name, (compute, options) in table.items()
    ]


def losses():
    scores, values = rand(4, 3, seed="scores", low=-3, high=3), rand(4, 3, seed="values")
    probabilities, soft = rand(4, 3, seed="probabilities", low=0.02, high=0.98), rand(4, 3, seed="soft", low=0, high=1)
    binary = torch.tensor([[0.0, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
    certain, opposite = torch.tensor([0.0, 1, 0, 1]), torch.tensor([0.0, 1, 1, 0])
    labels = torch.tensor([2, 0, 1, 1])
    class_weights = [0.5, 2.0, 1.0]
    cases = []

    def case(name, loss, prediction, target, **options):
        """Gradients are of the prediction alone."""
        constant = target.to(f64) if target.is_floating_point() else target
        result = differentiate(lambda x: loss(x, constant), prediction)
        cases.append({"name": name, "options": options, "input": prediction, "target": target, **result})

    case("leastSquares", lambda x, y: ((y - x) ** 2).sum() / 2, scores, values)
    for reduction in ("mean", "sum", "none"):

        def each(name, loss, prediction, target, torch_options=None, **options):
            reduced = {"reduction": reduction}
            case(name, lambda x, y: loss(x, y, **reduced, **(torch_options or {})), prediction, target, **options, **reduced)

        each("mseLoss", F.mse_loss, scores, values)
        each("binaryCrossEntropy", F.binary_cross_entropy, probabilities, binary)
        each("binaryCrossEntropy", F.binary_cross_entropy, probabilities, soft)
        each("binaryCrossEntropy", F.binary_cross_entropy, opposite, certain)
        each("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, scores * 20, binary)
        each("binaryCrossEntropyWithLogits", F.binary_cross_entropy_with_logits, scores, soft)
        each("crossEntropy", F.cross_entropy, scores, labels)
        each("crossEntropy", F.cross_entropy, scores * 100, labels)
        each("crossEntropy", F.cross_entropy, scores, labels, {"ignore_index": 1}, ignoreIndex=1)
        each("crossEntropy", F.cross_entropy, scores, labels, {"label_smoothing": 0.1}, labelSmoothing=0.1)
        each("crossEntropy", F.cross_entropy, scores, labels, {"weight": torch.tensor(class_weights, dtype=f64)}, weight=class_weights)
    return cases


def optimizers():
    """Gradients are given, so that only the update is compared."""
    shapes = {"weight": (3, 2), "bias": (2,)}
    start = {name: rand(*shape, seed="start") for name, shape in shapes.items()}
    gradients = [{name: rand(*shape, seed=f"step{step}") for name, shape in shapes.items()} for step in range(20)]
    table = [
        ("SGD", {"lr": 0.1}),
        ("SGD", {"lr": 0.1, "momentum": 0.9}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
        ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.05}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "maximize": True, "weight_decay": 0.05}),
        ("Adam", {}),
        ("Adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-4}),
        ("Adam", {"lr": 0.01, "weight_decay": 0.1}),
        ("AdamW", {}),
        ("AdamW", {"lr": 0.01, "betas": [0.9, 0.99], "weight_decay": 0.1}),
        ("AdamW", {"lr": 0.01, "weight_decay": 0.0}),
    ]
    runs = []
    for name, options in table:
        parameters = {key: nn.Parameter(value.to(f64)) for key, value in start.items()}
        optimizer = getattr(torch.optim, name)(parameters.values(), **options)
        after = {}
        for step, slopes in enumerate(gradients, 1):
            for key, parameter in parameters.items():
                parameter.grad = slopes[key].to(f64)
            optimizer.step()
            if step in (1, 2, 20):
                after[str(step)] = {key: parameter.detach().clone() for key, parameter in parameters.items()}
        camel = {"weight_decay": "weightDecay"}
        runs.append({"name": name, "options": {camel.get(key, key): value for key, value in options.items()}, "after": after})
    return {"start": start, "gradients": gradients, "runs": runs}


def clipping():
    cases = []
    for factor in (0.01, 1, 30):
        for norm_type in (2.0, float("inf")):
            gradients = [rand(3, 2, seed="clip") * factor, rand(4, seed="clip") * factor]
            parameters = [nn.Parameter(torch.zeros(g.shape, dtype=f64)) for g in gradients]
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = gradient.to(f64)
            norm = nn.utils.clip_grad_norm_(parameters, 1.0, norm_type=norm_type)
            clipped = [parameter.grad for parameter in parameters]
            cases.append({"maxNorm": 1.0, "normType": norm_type, "gradients": gradients, "norm": norm, "clipped": clipped})
    return cases


def initialisers():
    """`bound` of a uniform and `std` of a normal distribution, measured on PyTorch's own numbers and given exactly."""
    gains = {name: nn.init.calculate_gain(name) for name in ("linear", "sigmoid", "tanh", "relu")}
    gains["leakyRelu"] = nn.init.calculate_gain("leaky_relu", 0.2)
    cases = []

    def case(name, shape, options, initialise, size, of="bound"):
        torch.manual_seed(1)
        w = torch.empty(shape, dtype=f64)
        initialise(w)
        measured = w.abs().max().item() if of == "bound" else w.std().item()
        assert abs(measured / size - 1) < 0.05, (name, shape, measured, size)
        cases.append({"name": name, "shape": shape, "options": options, of: size})

    for shape in ([60, 40], [30, 20, 5]):
        fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
        for gain in (1.0, gains["tanh"]):
            options = {} if gain == 1 else {"gain": gain}
            xavier = gain * (2 / (fan_in + fan_out)) ** 0.5
            case("xavierUniform", shape, options, lambda w: nn.init.xavier_uniform_(w, gain), xavier * 3**0.5)
            case("xavierNormal", shape, options, lambda w: nn.init.xavier_normal_(w, gain), xavier, "std")
        for mode, fan in (("fan_in", fan_in), ("fan_out", fan_out)):
            kaiming = gains["relu"] / fan**0.5
            options = {"mode": "fanIn" if mode == "fan_in" else "fanOut", "nonlinearity": "relu"}
            case("kaimingUniform", shape, options, lambda w: nn.init.kaiming_uniform_(w, mode=mode, nonlinearity="relu"), kaiming * 3**0.5)
            case("kaimingNormal", shape, options, lambda w: nn.init.kaiming_normal_(w, mode=mode, nonlinearity="relu"), kaiming, "std")
        case("kaimingUniform", shape, {"a": 5**0.5}, lambda w: nn.init.kaiming_uniform_(w, a=5**0.5), fan_in**-0.5)
    case("Linear.weight", [60, 40], {}, lambda w: w.copy_(nn.Linear(40, 60).weight.detach()), 40**-0.5)
    case("Linear.bias", [600], {}, lambda w: w.copy_(nn.Linear(40, 600).bias.detach()), 40**-0.5)
    case("Embedding.weight", [60, 40], {}, lambda w: w.copy_(nn.Embedding(60, 40).weight.detach()), 1.0, "std")
    return {"gains": gains, "cases": cases}


def layers():
    def case(name, options, state, compute, x):
        return {"name": name, "options": options, "input": x, "state": state, **named(differentiate(compute, x, *state.values()), state)}

    def named(result, state):
        slopes = dict(zip(["input", *state], result["gradients"]))
        return {"output": result["output"], "gradients": {key: slope for key, slope in slopes.items() if slope is not None}}

    linear = {"weight": rand(3, 4, seed="linear"), "bias": rand(3, seed="linear")}
    table = {"weight": rand(5, 3, seed="embedding")}
    norm = {"weight": rand(4, seed="norm"), "bias": rand(4, seed="norm bias")}
    wide = {"weight": rand(3, 4, seed="norm"), "bias": rand(3, 4, seed="norm bias")}
    index = torch.tensor([[1, 4, 1], [0, 2, 2]])
    x = rand(2, 3, 4, seed="layers")
    padded = {"numEmbeddings": 5, "embeddingDim": 3, "paddingIdx": 2}
    return [
        case("Linear", {"inFeatures": 4, "outFeatures": 3}, linear, F.linear, x),
        case("Linear", {"inFeatures": 4, "outFeatures": 3}, linear, F.linear, rand(4)),
        case("Linear", {"inFeatures": 4, "outFeatures": 3, "bias": False}, {"weight": linear["weight"]}, F.linear, x),
        case("Embedding", {"numEmbeddings": 5, "embeddingDim": 3}, table, F.embedding, index),
        case("Embedding", padded, table, lambda i, w: F.embedding(i, w, padding_idx=2), index),
        case("LayerNorm", {"normalizedShape": [4]}, norm, lambda x, w, b: F.layer_norm(x, (4,), w, b), x),
        case("LayerNorm", {"normalizedShape": [4], "eps": 0.1}, norm, lambda x, w, b: F.layer_norm(x, (4,), w, b, eps=0.1), x),
        case("LayerNorm", {"normalizedShape": [3, 4]}, wide, lambda x, w, b: F.layer_norm(x, (3, 4), w, b), x),
        case("LayerNorm", {"normalizedShape": [4], "elementwiseAffine": False}, {}, lambda x: F.layer_norm(x, (4,)), x),
    ]


golden.write(
    PATH,
    {
        "activations": activations(),
        "losses": losses(),
        "optimizers": optimizers(),
        "clipping": clipping(),
        "initialisers": initialisers(),
        "layers": layers(),
    },
)
