"""Writes packages/tensor/test/goldens/ops.json: every public tensor operation, computed by PyTorch.

Run from the repository root: /path/to/python tools/golden/ops.py   (torch 2.13, numpy)

Each case: {op, call: 'method' | 'function', kind, inputs, args, outputs, gradients}. `args` are those of our own API;
{"input": i} stands for an input, null for an argument that is left out. Gradients are of Σ output · weight over all
real outputs (see golden.weights), one an input, null for integers. Values are computed in double precision from inputs
that f32 holds exactly; kind 'extreme' is computed in f32, without gradients; kind 'kink' is where derivatives jump.
"""

import torch
import torch.nn.functional as F

import golden

PATH = "packages/tensor/test/goldens/ops.json"
INF, NAN = float("inf"), float("nan")
EXTREME = [0.0, -0.0, INF, -INF, NAN, 1e30, -1e30, 1e-30, -1e-30, 1.0, -1.0, 0.5]
f32, f64, i32 = torch.float32, torch.float64, torch.int32
cases = []
FUNCTIONS = {"concat", "stack", "where", "einsum", "arange", "linspace", "eye", "oneHot", "full", "zeros", "ones"}


class In(int):
    """The place of an input among the arguments."""


def plain(arg):
    if isinstance(arg, In):
        return {"input": int(arg)}
    return [plain(item) for item in arg] if isinstance(arg, (list, tuple)) else arg


def case(op, inputs, args, compute, kind="value", gradients=True):
    dtype = f32 if kind == "extreme" else f64
    given = [x.to(dtype).requires_grad_(kind != "extreme") if x.dtype == f32 else x for x in inputs]
    result = compute(*given)
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    entry = {
        "op": op,
        "call": "function" if op in FUNCTIONS else "method",
        "kind": kind,
        "inputs": inputs,
        "args": plain(args),
        "outputs": outputs,
    }
    real = [y for y in outputs if y.dtype == f64 and y.requires_grad]
    leaves = [x for x in given if x.requires_grad]
    if gradients and real and leaves:
        loss = sum((y * golden.weights(y.shape)).sum() for y in real)
        slopes = iter(torch.autograd.grad(loss, leaves, allow_unused=True))
        entry["gradients"] = [
            None if not x.requires_grad else torch.zeros_like(x) if (slope := next(slopes)) is None else slope for x in given
        ]
    cases.append(entry)


def rand(*shape, seed="", low=-2.0, high=2.0):
    """Two decimals, so that the file stays small."""
    x = torch.rand(shape, generator=golden.seeded("rand", *shape, seed), dtype=f64) * (high - low) + low
    return (x * 100).round().div(100).to(f32)


def ints(*shape, seed="", low=-9, high=10):
    return torch.randint(low, high, shape, generator=golden.seeded("ints", *shape, seed), dtype=i32)


def bools(*shape, seed=""):
    return ints(*shape, seed=seed, low=0, high=2).bool()


def distinct(*shape, seed=""):
    size = int(torch.tensor(shape).prod())
    return torch.randperm(size, generator=golden.seeded("distinct", *shape, seed)).reshape(shape).to(f32).sub(size / 2).div(4)


def t(values, dtype=f32):
    return torch.tensor(values, dtype=dtype)


def elementwise_of_one():
    anywhere = {
        "neg": torch.neg, "abs": torch.abs, "sign": torch.sign, "floor": torch.floor, "ceil": torch.ceil,
        "round": torch.round, "trunc": torch.trunc, "exp": torch.exp, "expm1": torch.expm1, "sin": torch.sin,
        "cos": torch.cos, "tanh": torch.tanh, "erf": torch.erf, "square": torch.square, "reciprocal": torch.reciprocal,
        "isNaN": torch.isnan, "isFinite": torch.isfinite, "logicalNot": torch.logical_not, "sigmoid": torch.sigmoid,
        "relu": F.relu, "leakyRelu": F.leaky_relu, "elu": F.elu, "gelu": F.gelu, "silu": F.silu, "softplus": F.softplus,
    }
    positive = {"sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "log": torch.log, "log1p": torch.log1p}
    for op, compute in {**anywhere, **positive}.items():
        low = 0.1 if op in positive else -3
        case(op, [rand(2, 3, seed=op, low=low, high=3)], [], compute)
        case(op, [rand(0, 3)], [], compute)
        case(op, [rand(seed=op, low=0.3, high=3)], [], compute)
        case(op, [t(EXTREME)], [], compute, "extreme")
    for op in ("neg", "abs", "sign", "square", "floor", "sqrt", "exp", "sigmoid", "logicalNot"):
        case(op, [ints(4, seed=op, low=0 if op == "sqrt" else -5, high=5)], [], {**anywhere, **positive}[op])
    case("round", [t([0.5, 1.5, 2.5, -0.5, -1.5, 3.49])], [], torch.round)
    for op in ("abs", "relu", "leakyRelu", "elu", "sign"):
        case(op, [t([0.0, -0.0])], [], anywhere[op], "kink")
    case("sqrt", [t([0.0, 4.0])], [], torch.sqrt, "kink")
    case("expm1", [t([1e-4, -1e-5, 1e-8, 50.0, -40.0])], [], torch.expm1)
    case("log1p", [t([1e-4, -1e-5, 1e-8, 1e6])], [], torch.log1p)
    case("softplus", [t([-90.0, -30.0, 15.0, 90.0])], [], F.softplus)
    case("sigmoid", [t([-90.0, -30.0, 15.0, 90.0])], [], torch.sigmoid)
    case("tanh", [t([-20.0, -1e-4, 1e-6, 9.5])], [], torch.tanh)
    case("gelu", [rand(2, 3, seed="tanh", low=-4, high=4)], ["tanh"], lambda x: F.gelu(x, approximate="tanh"))
    case("leakyRelu", [rand(5, seed="slope")], [0.2], lambda x: F.leaky_relu(x, 0.2))
    case("elu", [rand(5, seed="alpha")], [0.5], lambda x: F.elu(x, 0.5))


def elementwise_of_two():
    real = {
        "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
        "maximum": torch.maximum, "minimum": torch.minimum, "remainder": torch.remainder,
    }
    compare = {"lt": torch.lt, "le": torch.le, "gt": torch.gt, "ge": torch.ge, "eq": torch.eq, "ne": torch.ne}
    for op, compute in {**real, **compare}.items():
        low = 0.2 if op == "pow" else -2
        a, b = rand(2, 3, seed="a" + op, low=low), rand(2, 3, seed="b" + op)
        case(op, [a, b], [In(1)], compute)
        case(op, [a, b[0]], [In(1)], compute)
        case(op, [a[:, :1], b[:1]], [In(1)], compute)
        case(op, [a[0, 0], b], [In(1)], compute)
        case(op, [rand(0, 3), b[0]], [In(1)], compute)
        case(op, [a], [1.5], lambda x: compute(x, torch.tensor(1.5, dtype=x.dtype)))
        case(op, [t(EXTREME).reshape(-1, 1), t(EXTREME)], [In(1)], compute, "extreme")
        case(op, [ints(5, seed=op), ints(5, seed=op + "b", low=1)], [In(1)], compute)
        if op not in ("pow", "remainder"):
            case(op, [ints(3, seed=op), rand(3, seed=op)], [In(1)], lambda x, y: compute(x.to(y.dtype), y))
    case("floorDivide", [rand(2, 3, seed="floor"), rand(3, seed="floor")], [In(1)], torch.floor_divide, gradients=False)
    case("floorDivide", [ints(6, seed="fd"), t([2, -2, 3, -3, 4, -5], i32)], [In(1)], torch.floor_divide)
    case("remainder", [ints(6, seed="fd"), t([2, -2, 3, -3, 4, -5], i32)], [In(1)], torch.remainder)
    for op in ("maximum", "minimum"):
        case(op, [t([1.0, 2.0, 0.0]), t([1.0, 1.0, -0.0])], [In(1)], real[op], "kink")
    for exponent in (2, 3, 0.5, -1, 1):
        case("pow", [rand(4, seed="powers", low=0.3)], [exponent], lambda x: x**exponent)
    case("pow", [t([-2.0, -0.5, 3.0])], [3], lambda x: x**3)
    case("pow", [t([0.0, 0.0, 0.0, 2.0]), t([2.0, 1.0, 0.0, 0.0])], [In(1)], torch.pow, "kink")
    bits = {"and": torch.bitwise_and, "or": torch.bitwise_or, "xor": torch.bitwise_xor}
    for op, compute in bits.items():
        case(op, [ints(5, seed=op), ints(5, seed=op + "b")], [In(1)], compute)
        case(op, [t([True, True, False, False], torch.bool), t([True, False, True, False], torch.bool)], [In(1)], compute)
    case("shiftLeft", [ints(4, seed="left"), t([0, 1, 5, 31], i32)], [In(1)], torch.bitwise_left_shift)
    case("shiftRight", [t([-9, -1, 1000, 7], i32), t([0, 1, 5, 31], i32)], [In(1)], torch.bitwise_right_shift)


def selection_and_casts():
    case("where", [bools(2, 3, seed="w"), rand(2, 3, seed="a"), rand(2, 3, seed="b")], [In(0), In(1), In(2)], torch.where)
    case("where", [bools(3, 1, seed="w"), rand(2, seed="a"), rand(3, 2, seed="b")], [In(0), In(1), In(2)], torch.where)
    case("where", [bools(3, seed="w"), rand(3, seed="a")], [In(0), In(1), -1], lambda c, x: torch.where(c, x, -1.0))
    case("where", [bools(0, 2), rand(0, 2), rand(2)], [In(0), In(1), In(2)], torch.where)
    case("where", [t([True, False], torch.bool), t([1.0, NAN]), t([NAN, 2.0])], [In(0), In(1), In(2)], torch.where, "extreme")
    case("maskedFill", [rand(2, 3), bools(3, seed="mask")], [In(1), -INF], lambda x, m: x.masked_fill(m, -INF))
    case("maskedFill", [rand(2, 3), bools(2, 1, seed="mask")], [In(1), 2.5], lambda x, m: x.masked_fill(m, 2.5))
    for low, high in ((-1, 1), (None, 0.5), (0, None)):
        case("clamp", [rand(2, 3, seed="clamp")], [low, high], lambda x: x.clamp(low, high))
    case("clamp", [t([-1.0, 1.0, 0.0])], [-1, 1], lambda x: x.clamp(-1, 1), "kink")
    case("clamp", [t(EXTREME)], [-2, 2], lambda x: x.clamp(-2, 2), "extreme")
    case("clamp", [ints(5, seed="clamp")], [-2, 3], lambda x: x.clamp(-2, 3))
    numbers = t([0.0, 1.0, -1.0, 2.7, -2.7, 100.4, 0.1])
    for name, dtype in {"i32": i32, "i8": torch.int8, "bool": torch.bool, "f16": torch.float16, "bf16": torch.bfloat16}.items():
        case("to", [numbers], [name], lambda x: x.to(f32).to(dtype), gradients=False)
    case("to", [numbers.abs()], ["u32"], lambda x: x.to(torch.int64).to(torch.uint32))
    case("to", [ints(4, seed="to")], ["f32"], lambda x: x.to(f32))
    case("to", [t([300, -129, 127], i32)], ["i8"], lambda x: x.to(torch.int8))
    case("to", [bools(4, seed="to")], ["f32"], lambda x: x.to(f32))
    case("to", [t([0.0, -0.0, INF, -INF, NAN, 65519.0, 65520.0, 1e-7, 3e-8, 1e30])], ["f16"], lambda x: x.to(torch.float16), "extreme")
    case("to", [t([0.0, INF, NAN, 3.4e38, 1e30, 1e-39])], ["bf16"], lambda x: x.to(torch.bfloat16), "extreme")
    case("bitcast", [t([1.0, -0.0, 3.5])], ["i32"], lambda x: x.view(i32), "extreme")
    case("bitcast", [t([0x3F800000, -(2**31)], i32)], ["f32"], lambda x: x.view(f32), "extreme")


def reductions():
    def over(op, compute, x, with_kind="value"):
        for axes, keepdim in ((None, False), (1, False), (-1, True), ([0, 2], False), ([0, 1, 2], True)):
            dims = list(range(x.dim())) if axes is None else axes
            case(op, [x], [axes, keepdim] if keepdim else [] if axes is None else [axes], lambda y: compute(y, dims, keepdim), with_kind)

    def product(x, dims, keepdim):
        for dim in sorted([dims] if isinstance(dims, int) else dims, key=lambda d: -(d % x.dim())):
            x = x.prod(dim, keepdim=keepdim)
        return x

    table = {
        "sum": lambda x, d, k: x.sum(d, keepdim=k),
        "mean": lambda x, d, k: x.mean(d, keepdim=k),
        "prod": product,
        "max": lambda x, d, k: x.amax(d, keepdim=k),
        "min": lambda x, d, k: x.amin(d, keepdim=k),
        "var": lambda x, d, k: x.var(d, keepdim=k),
        "std": lambda x, d, k: x.std(d, keepdim=k),
        "norm": lambda x, d, k: torch.linalg.vector_norm(x, dim=d, keepdim=k),
        "logsumexp": lambda x, d, k: x.logsumexp(d, keepdim=k),
    }
    rows = torch.stack([t([1.0, 2, 3]), t([INF, 1, 2]), t([-INF, 1, 2]), t([NAN, 1, 2]), t([INF, -INF, 0]), t([-INF] * 3), t([1e30, 1e30, -1e30])])
    for op, compute in table.items():
        over(op, compute, rand(2, 3, 2, seed=op))
        # Whether a variance overflows between the steps is nobody's business.
        case(op, [rows[:6] if op in ("var", "std") else rows], [1], lambda x: compute(x, 1, False), "extreme")
        case(op, [rand(2, 0, 3)], [2], lambda x: compute(x, 2, False))
        if op not in ("max", "min"):
            case(op, [rand(2, 0)], [1], lambda x: compute(x, 1, False))
        if op not in ("var", "std"):
            case(op, [rand(seed=op)], [], lambda x: compute(x, [], False) if op != "prod" else x)
    for op in ("max", "min"):
        case(op, [t([[2.0, 1.0, 2.0], [1.0, 1.0, 1.0]])], [1], lambda x: table[op](x, 1, False), "kink")
        case(op, [ints(2, 3, seed=op)], [1], lambda x: table[op](x, 1, False))
    case("prod", [t([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0]])], [1], lambda x: x.prod(1), "kink")
    case("norm", [t([[0.0, 0.0], [3.0, 4.0]])], [1], lambda x: torch.linalg.vector_norm(x, dim=1), "kink")
    case("logsumexp", [t([[-INF, 0.0, 1.0], [100.0, 1000.0, 999.0]])], [1], lambda x: x.logsumexp(1))
    case("var", [rand(2, 4, seed="correction")], [1, False, 0], lambda x: x.var(1, correction=0))
    case("std", [rand(2, 4, seed="correction")], [1, True, 2], lambda x: x.std(1, correction=2, keepdim=True))
    for op in ("sum", "prod"):
        case(op, [ints(2, 3, seed=op)], [1], lambda x: getattr(x, op)(1))
        case(op, [bools(2, 3, seed=op)], [1], lambda x: getattr(x, op)(1))
    for op in ("any", "all"):
        for axes in ([], [1]):
            case(op, [bools(2, 3, seed=op)], axes, lambda x: getattr(x, op)(*axes))
        case(op, [rand(2, 0)], [1], lambda x: getattr(x, op)(1))
        case(op, [rand(2, 3)], [1, True], lambda x: getattr(x, op)(1, keepdim=True))


def positions_and_scans():
    for op in ("argmax", "argmin"):
        for args in ([], [0], [-1, True]):
            case(op, [distinct(2, 3, 2, seed=op)], args, lambda x: getattr(x, op)(*args))
        case(op, [t([1.0, 3.0, 3.0, 1.0, 2.0])], [0], lambda x: getattr(x, op)(0))
        case(op, [t([[1.0, NAN, INF, NAN], [-INF, -INF, -INF, -INF]])], [1], lambda x: getattr(x, op)(1), "extreme")
        case(op, [ints(2, 3, seed=op)], [1], lambda x: getattr(x, op)(1))
        case(op, [rand(0, 3)], [1], lambda x: getattr(x, op)(1))
    for axis in (0, 1, -1):
        case("cumsum", [rand(2, 3, 2, seed="cumsum")], [axis], lambda x: x.cumsum(axis))
    case("cumsum", [ints(5, seed="cumsum")], [0], lambda x: x.cumsum(0))
    case("cumsum", [rand(0, 2)], [0], lambda x: x.cumsum(0))
    case("cumsum", [t([1.0, INF, 2.0, -INF, 3.0])], [0], lambda x: x.cumsum(0), "extreme")
    for op, compute in {"softmax": F.softmax, "logSoftmax": F.log_softmax}.items():
        for args in ([], [0], [1]):
            case(op, [rand(2, 3, 2, seed=op)], args, lambda x: compute(x, args[0] if args else -1))
        case(op, [t([[1000.0, 1001.0, 999.0], [-INF, 0.0, 1.0]])], [], lambda x: compute(x, -1))
        case(op, [rand(0, 3)], [], lambda x: compute(x, -1))
        case(op, [rand(2, 0)], [], lambda x: compute(x, -1))
        case(op, [t([[NAN, 0.0], [INF, 0.0], [-INF, -INF], [1e30, -1e30]])], [], lambda x: compute(x, -1), "extreme")
    case("normalize", [rand(2, 3, 4)], [], lambda x: F.layer_norm(x, x.shape[-1:]))
    case("normalize", [rand(3, 5)], [0.1], lambda x: F.layer_norm(x, x.shape[-1:], eps=0.1))
    case("normalize", [t([[2.0, 2.0, 2.0], [1000.0, 1000.5, 999.5]])], [], lambda x: F.layer_norm(x, x.shape[-1:]))
    case("normalize", [rand(0, 4)], [], lambda x: F.layer_norm(x, x.shape[-1:]))
    case("normalize", [t([[NAN, 0.0], [INF, 0.0], [1e9, -1e9]])], [], lambda x: F.layer_norm(x, x.shape[-1:]), "extreme")


def views():
    x = rand(2, 3, 4, seed="views")
    case("reshape", [x], [[4, 6]], lambda x: x.reshape(4, 6))
    case("reshape", [x], [[-1, 3]], lambda x: x.reshape(-1, 3))
    case("reshape", [rand(0, 3)], [[3, 0, 2]], lambda x: x.reshape(3, 0, 2))
    case("flatten", [x], [], lambda x: x.flatten())
    case("flatten", [x], [1], lambda x: x.flatten(1))
    case("flatten", [x], [0, 1], lambda x: x.flatten(0, 1))
    case("permute", [x], [[2, 0, 1]], lambda x: x.permute(2, 0, 1))
    case("permute", [rand(0, 3)], [[1, 0]], lambda x: x.permute(1, 0))
    case("transpose", [x], [], lambda x: x.transpose(-2, -1))
    case("transpose", [x], [0, 2], lambda x: x.transpose(0, 2))
    case("expand", [rand(2, 1, 3)], [[2, 4, 3]], lambda x: x.expand(2, 4, 3))
    case("expand", [rand(3)], [[2, -1]], lambda x: x.expand(2, -1))
    case("expand", [rand(1, 3)], [[0, 3]], lambda x: x.expand(0, 3))
    case("squeeze", [rand(1, 3, 1)], [], lambda x: x.squeeze())
    case("squeeze", [rand(1, 3, 1)], [-1], lambda x: x.squeeze(-1))
    case("squeeze", [rand(1, 3, 1)], [1], lambda x: x.squeeze(1))
    case("unsqueeze", [rand(2, 3)], [1], lambda x: x.unsqueeze(1))
    case("unsqueeze", [rand(2, 3)], [-1], lambda x: x.unsqueeze(-1))
    case("at", [x], [1], lambda x: x[1])
    case("at", [x], [-1, -2], lambda x: x[-1, -2])
    case("at", [x], [None, [1, 3]], lambda x: x[:, 1:3])
    case("at", [x], [None, None, [0, 4, 2]], lambda x: x[:, :, 0:4:2])
    case("at", [x], [None, 0, [-3, -1]], lambda x: x[:, 0, -3:-1])
    case("at", [x], [[1], None, [1, None, 3]], lambda x: x[1:, :, 1::3])
    case("at", [x], [None, [2, 1]], lambda x: x[:, 2:1])
    case("at", [x], [[0, 100]], lambda x: x[0:100])
    case("narrow", [x], [1, 1, 2], lambda x: x.narrow(1, 1, 2))
    case("narrow", [x], [-1, 0, 0], lambda x: x.narrow(-1, 0, 0))
    case("split", [x], [2, 1], lambda x: x.split(2, 1))
    case("split", [x], [[1, 3], -1], lambda x: x.split([1, 3], -1))
    case("chunk", [x], [3, 2], lambda x: x.chunk(3, 2))
    case("flip", [x], [1], lambda x: x.flip(1))
    case("flip", [x], [[0, -1]], lambda x: x.flip(0, -1))
    case("flip", [rand(0, 2)], [0], lambda x: x.flip(0))
    case("pad", [rand(2, 3)], [[[1, 2]]], lambda x: F.pad(x, (1, 2)))
    case("pad", [rand(2, 3)], [[[1, 0], [0, 2]], 9.5], lambda x: F.pad(x, (0, 2, 1, 0), value=9.5))
    case("pad", [rand(2, 3)], [[[-1, 0], [1, -2]]], lambda x: F.pad(x, (1, -2, -1, 0)))
    case("pad", [rand(0, 2)], [[[1, 1], [0, 0]]], lambda x: F.pad(x, (0, 0, 1, 1)))
    case("repeat", [rand(2, 3)], [[2, 2]], lambda x: x.repeat(2, 2))
    case("repeat", [rand(3)], [[2, 1, 2]], lambda x: x.repeat(2, 1, 2))
    case("repeat", [rand(2, 3)], [[0, 1]], lambda x: x.repeat(0, 1))
    case("unfold", [rand(2, 7)], [1, 3], lambda x: x.unfold(1, 3, 1))
    case("unfold", [rand(7, 2)], [0, 3, 2], lambda x: x.unfold(0, 3, 2))
    case("unfold", [rand(2, 8)], [1, 3, 1, 2], lambda x: x.unfold(1, 5, 1)[..., ::2])
    case("concat", [rand(2, 3), rand(1, 3)], [[In(0), In(1)]], lambda a, b: torch.cat([a, b]))
    case("concat", [rand(2, 1), rand(2, 0), rand(2, 3)], [[In(0), In(1), In(2)], -1], lambda a, b, c: torch.cat([a, b, c], -1))
    case("concat", [t([NAN, 1.0]), t([INF])], [[In(0), In(1)]], lambda a, b: torch.cat([a, b]), "extreme")
    case("concat", [ints(2), rand(2)], [[In(0), In(1)]], lambda a, b: torch.cat([a.to(b.dtype), b]))
    case("stack", [rand(2, 3, seed="a"), rand(2, 3, seed="b")], [[In(0), In(1)]], lambda a, b: torch.stack([a, b]))
    case("stack", [rand(2, 3, seed="a"), rand(2, 3, seed="b")], [[In(0), In(1)], -1], lambda a, b: torch.stack([a, b], -1))
    case("stack", [rand(seed="a"), rand(seed="b")], [[In(0), In(1)]], lambda a, b: torch.stack([a, b]))


def indexing():
    def long(index):
        return index.to(torch.int64)

    x = rand(3, 4, seed="gather")
    case("gather", [x, ints(2, 4, low=0, high=3)], [0, In(1)], lambda x, i: x.gather(0, long(i)))
    case("gather", [x, ints(3, 6, low=0, high=4)], [1, In(1)], lambda x, i: x.gather(1, long(i)))
    case("gather", [x, ints(2, 2, low=0, high=3)], [0, In(1)], lambda x, i: x.gather(0, long(i)))
    case("gather", [x, ints(3, 0)], [1, In(1)], lambda x, i: x.gather(1, long(i)))
    case("indexSelect", [x, t([2, 0, 2], i32)], [0, In(1)], lambda x, i: x.index_select(0, i))
    case("indexSelect", [x, t([[1, 1], [3, 0]], i32)], [1, In(1)], lambda x, i: x[:, long(i)])
    case("indexSelect", [x, t([], i32)], [0, In(1)], lambda x, i: x.index_select(0, i))
    case("indexSelect", [x, t(1, i32)], [0, In(1)], lambda x, i: x[long(i)])
    args = [In(1), In(2)]
    case("scatterAdd", [x, t([[0, 2, 0, 1], [0, 2, 2, 1]], i32), rand(2, 4)], [0, *args], lambda x, i, s: x.scatter_add(0, long(i), s))
    case("scatterAdd", [x, ints(3, 6, low=0, high=4), rand(3, 6)], [1, *args], lambda x, i, s: x.scatter_add(1, long(i), s))
    case("scatterAdd", [x, ints(3, 0), rand(3, 0)], [1, *args], lambda x, i, s: x.scatter_add(1, long(i), s))
    case("scatterAdd", [ints(4), t([1, 1, 3], i32), ints(3)], [0, *args], lambda x, i, s: x.scatter_add(0, long(i), s))
    shuffled = distinct(3, 4)
    ties = t([2.0, 1.0, 2.0, 1.0, 0.0])
    special = t([1.0, NAN, -INF, -0.0, INF, 0.0, NAN])
    for args in ([], [0], [-1, True]):
        axis, down = (args + [-1])[0] if args else -1, len(args) > 1
        for op, kind, value in (("", "value", shuffled), ("", "value", ties), ("", "extreme", special)):
            case("argsort", [value], args, lambda x: x.sort(dim=axis, descending=down, stable=True).indices, kind)
            case("sort", [value], args, lambda x: x.sort(dim=axis, descending=down, stable=True), kind)
    case("sort", [ints(6)], [], lambda x: x.sort(stable=True))
    case("sort", [rand(0, 2)], [0], lambda x: x.sort(dim=0, stable=True))
    case("topk", [shuffled], [2], lambda x: x.topk(2))
    case("topk", [shuffled], [1, 0], lambda x: x.topk(1, dim=0))
    case("topk", [shuffled], [0], lambda x: x.topk(0))
    for k in (0, 1, -1):
        for op in ("tril", "triu"):
            case(op, [rand(3, 4)], [k], lambda x: getattr(x, op)(k))
    case("tril", [rand(2, 3, 3)], [], lambda x: x.tril())
    case("triu", [rand(0, 3)], [], lambda x: x.triu())


def products():
    shapes = [([2, 3], [3, 4]), ([3], [3]), ([2, 3], [3]), ([3], [3, 4]), ([2, 2, 3], [2, 3, 2]), ([2, 2, 3], [3, 2]),
              ([2, 3], [2, 3, 2]), ([2, 1, 2, 3], [3, 3, 2]), ([2, 2, 3], [3]), ([3], [2, 3, 2]), ([0, 3], [3, 2]),
              ([2, 0], [0, 3]), ([2, 0, 3], [2, 3, 1]), ([1, 1], [1, 1]), ([7, 9], [9, 5])]  # fmt: skip
    for a, b in shapes:
        case("matmul", [rand(*a, seed="a"), rand(*b, seed="b")], [In(1)], torch.matmul)
    case("matmul", [ints(2, 3), ints(3, 2)], [In(1)], torch.matmul)
    case("matmul", [t([[1.0, INF], [NAN, 1.0], [1e30, 1e30]]), t([[1.0, 0.0], [1.0, 1e30]])], [In(1)], torch.matmul, "extreme")
    for equation, shapes in {
        "ij,jk->ik": ([2, 3], [3, 4]),
        "bij,bjk->bik": ([2, 2, 3], [2, 3, 2]),
        "bhqd,bhkd->bhqk": ([2, 2, 3, 2], [2, 2, 4, 2]),
        "i,j->ij": ([3], [4]),
        "ij->ji": ([2, 3],),
        "ij->": ([2, 3],),
        "ij->j": ([2, 3],),
        "ii->i": ([3, 3],),
        "ii": ([3, 3],),
        "ij,kj": ([2, 3], [4, 3]),
        "...ij,...jk->...ik": ([2, 2, 3], [3, 2]),
        "i,i,i->i": ([3], [3], [3]),
        "ab,bc,cd->ad": ([2, 3], [3, 2], [2, 4]),
        "bd,bd->b": ([2, 3], [2, 3]),
    }.items():
        inputs = [rand(*shape, seed=str(i)) for i, shape in enumerate(shapes)]
        case("einsum", inputs, [equation, *map(In, range(len(inputs)))], lambda *xs: torch.einsum(equation, *xs))


def creation():
    case("arange", [], [5], lambda: torch.arange(5))
    case("arange", [], [2, 10, 3], lambda: torch.arange(2, 10, 3))
    case("arange", [], [5, 0, -2], lambda: torch.arange(5, 0, -2))
    case("arange", [], [0, 1, 0.3], lambda: torch.arange(0, 1, 0.3))
    case("arange", [], [3, 3], lambda: torch.arange(3, 3))
    for args in ([0, 1, 5], [-2, 7, 4], [3, 1, 7], [1, 5, 1], [0, 1, 0]):
        case("linspace", [], args, lambda: torch.linspace(*args))
    for args in ([3], [2, 4], [3, 2], [0]):
        case("eye", [], args, lambda: torch.eye(*args))
    case("full", [], [[2, 2], 0.1], lambda: torch.full((2, 2), 0.1))
    case("full", [], [[3], 7, "i32"], lambda: torch.full((3,), 7))
    case("zeros", [], [[2, 0]], lambda: torch.zeros(2, 0))
    case("ones", [], [[]], lambda: torch.ones(()))
    case("oneHot", [t([2, 0, 1], i32)], [In(0), 4], lambda i: F.one_hot(i.to(torch.int64), 4).to(f32))
    case("oneHot", [t([[1, 0]], i32)], [In(0), 2], lambda i: F.one_hot(i.to(torch.int64), 2).to(f32))


for family in (elementwise_of_one, elementwise_of_two, selection_and_casts, reductions, positions_and_scans, views, indexing, products, creation):
    family()
golden.write(PATH, cases)
print(f"{len(cases)} cases of {len({entry['op'] for entry in cases})} operations")
