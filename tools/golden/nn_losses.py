"""Writes packages/nn/test/goldens/losses.json: absolute errors, weighted, divergences, cosine, CTC, with every reduction.

Run from the repository root: /path/to/python tools/golden/nn_losses.py   (torch 2.13)

`args` are what the function takes; those in `differentiated` have gradients (of Σ output · weight, see golden.weights).
`ctcLoss` is given logits: the test applies the logarithm of softmax, as does this script.
"""

import torch
import torch.nn.functional as F

import golden

PATH = "packages/nn/test/goldens/losses.json"
f32, f64 = torch.float32, torch.float64
cases = []


def rand(*shape, seed="", low=-2.0, high=2.0):
    x = torch.rand(shape, generator=golden.seeded("losses", *shape, seed), dtype=f64) * (high - low) + low
    return (x * 100).round().div(100).to(f32)


def case(name, compute, args, differentiated=1, options={}, reductions=("mean", "sum", "none")):
    """The first `differentiated` arguments have gradients; lists are lengths or tensors that are no input."""
    for reduction in reductions:
        given = [x.to(f64) if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in args]
        inputs = [x.requires_grad_() for x in given[:differentiated]]
        output = compute(*given, reduction)
        (output * golden.weights(output.shape)).sum().backward()
        cases.append(
            {"name": name, "options": {**options, "reduction": "batchMean" if reduction == "batchmean" else reduction}}
            | {"args": args, "output": output, "gradients": [x.grad for x in inputs]}
        )


x, y = rand(4, 3, seed="x"), rand(4, 3, seed="y")
y[0] = x[0]  # errors of 0
far = x * torch.tensor([1e20, 1.0, 1e10])
case("l1Loss", lambda a, b, r: F.l1_loss(a, b, reduction=r), [x, y], 2)
case("huberLoss", lambda a, b, r: F.huber_loss(a, b, reduction=r), [x, y], 2)
case("huberLoss", lambda a, b, r: F.huber_loss(a, b, reduction=r, delta=0.5), [far, y], 2, {"delta": 0.5}, ["none"])
case("smoothL1Loss", lambda a, b, r: F.smooth_l1_loss(a, b, reduction=r), [x, y], 2)
case("smoothL1Loss", lambda a, b, r: F.smooth_l1_loss(a, b, reduction=r, beta=0.3), [far, y], 2, {"beta": 0.3}, ["none"])
case("smoothL1Loss", lambda a, b, r: F.smooth_l1_loss(a, b, reduction=r, beta=0.0), [x, y], 2, {"beta": 0}, ["mean"])

binary = (rand(4, 3, seed="binary", low=0, high=1) > 0.5).to(f32)
weight = [3.0, 0.5, 1.0]
weighted = lambda z, t, r: F.binary_cross_entropy_with_logits(z, t, reduction=r, pos_weight=torch.tensor(weight, dtype=f64))
case("binaryCrossEntropyWithLogits", weighted, [x, binary], 1, {"posWeight": weight})
case("binaryCrossEntropyWithLogits", weighted, [x * 1000, binary], 1, {"posWeight": weight})

factors = torch.tensor(weight, dtype=f64)
likely = rand(4, 3, seed="likely", low=0.1, high=0.9)
case("binaryCrossEntropy", lambda p, t, r: F.binary_cross_entropy(p, t, reduction=r, weight=factors), [likely, binary], 1, {"weight": weight})
scaled = lambda z, t, r: F.binary_cross_entropy_with_logits(z, t, reduction=r, weight=factors, pos_weight=factors * 2)
case("binaryCrossEntropyWithLogits", scaled, [x, binary], 1, {"weight": weight, "posWeight": [2 * w for w in weight]})

logs = F.log_softmax(rand(4, 3, 2, seed="logs", low=-4, high=4), 1)
labels = torch.tensor([[2, 0], [1, -100], [1, 1], [0, 2]])
weights = [0.5, 2.0, 1.0]
case("nllLoss", lambda p, t, r: F.nll_loss(p, t, reduction=r), [logs, labels])
case("nllLoss", lambda p, t, r: F.nll_loss(p, t, reduction=r, weight=torch.tensor(weights, dtype=f64)), [logs, labels], 1, {"weight": weights})
case("nllLoss", lambda p, t, r: F.nll_loss(p, t, reduction=r, ignore_index=1), [logs[..., 0].contiguous(), torch.tensor([2, 0, 1, 1])], 1, {"ignoreIndex": 1})
case("nllLoss", lambda p, t, r: F.nll_loss(p, t, reduction=r), [logs[0, :, 0].contiguous(), torch.tensor(2)])

all4 = ("mean", "sum", "none", "batchmean")
p = rand(4, 3, seed="p", low=0, high=1)
p[1, 2] = 0
case("klDivergence", lambda q, p, r: F.kl_div(q, p, reduction=r), [F.log_softmax(x, 1), p], 1, {}, all4)
case("klDivergence", lambda q, p, r: F.kl_div(q, p, reduction=r, log_target=True), [F.log_softmax(x, 1), F.log_softmax(y, 1)], 2, {"logTarget": True}, all4)


def gaussian(mean, log_variance, r):
    from torch.distributions import Normal, kl_divergence

    each = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    return {"mean": each.mean, "sum": each.sum, "none": lambda: each, "batchmean": lambda: each.sum() / len(each)}[r]()


case("gaussianKl", gaussian, [x, y], 2, {}, all4)
case("gaussianKl", gaussian, [x, y * 10], 2, {}, ["none"])

together = torch.tensor([1, -1, 1, -1])
case("cosineSimilarity", lambda a, b, r: F.cosine_similarity(a, b), [x, rand(4, 3, seed="z")], 2, {}, ["none"])
case("cosineEmbeddingLoss", lambda a, b, t, r: F.cosine_embedding_loss(a, b, t, reduction=r), [x, rand(4, 3, seed="z"), together], 2)
case("cosineEmbeddingLoss", lambda a, b, t, r: F.cosine_embedding_loss(a, b, t, reduction=r, margin=0.3), [x, y, together], 2, {"margin": 0.3})


def ctc(**options):
    return lambda z, t, i, n, r: F.ctc_loss(F.log_softmax(z, -1), t, torch.tensor(i), torch.tensor(n), reduction=r, **options)


scores = rand(6, 3, 4, seed="ctc")
targets = torch.tensor([[1, 2, 2], [3, 0, 0], [2, 1, 3]])
case("ctcLoss", ctc(), [scores, targets, [6, 4, 5], [3, 1, 2]])
case("ctcLoss", ctc(), [scores * 200, targets, [6, 6, 6], [3, 1, 3]])
case("ctcLoss", ctc(blank=3), [scores, torch.tensor([[0, 0], [1, 2], [2, 2]]), [6, 5, 3], [2, 0, 2]], 1, {"blank": 3})
case("ctcLoss", ctc(zero_infinity=True), [scores, targets, [2, 4, 3], [3, 1, 3]], 1, {"zeroInfinity": True})

golden.write(PATH, cases)
