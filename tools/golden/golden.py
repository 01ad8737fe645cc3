"""What the golden scripts share: tensors and numbers as compact JSON, and the weights of the scalar that is differentiated."""

import json
import math
import os
import zlib

import numpy as np
import torch
from safetensors.torch import save_file

# oneDNN has its own ideas of infinity: its gelu(inf) is NaN.
torch.backends.mkldnn.enabled = False
torch.set_num_threads(1)

DTYPES = {
    torch.float64: "f32",  # computed in double precision, stored as f32
    torch.float32: "f32",
    torch.float16: "f16",
    torch.bfloat16: "bf16",
    torch.int64: "i32",  # PyTorch's default integer
    torch.int32: "i32",
    torch.uint32: "u32",
    torch.int8: "i8",
    torch.bool: "bool",
}


def number(x):
    """The shortest decimal that reads back as the same f32; NaN and infinities are strings, as JSON has none."""
    if isinstance(x, (bool, int)):
        return str(int(x))
    if math.isnan(x):
        return '"NaN"'
    if math.isinf(x):
        return '"Infinity"' if x > 0 else '"-Infinity"'
    short = repr(float(np.format_float_scientific(np.float32(x), unique=True)))
    return short[:-2] if short.endswith(".0") else short


class Raw(str):
    """JSON text that `dump` copies as it is."""


def encode(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, torch.Tensor):
        return encode(tensor(value))
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple, torch.Size)):
        return "[" + ",".join(encode(item) for item in value) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value)


def tensor(x):
    """{shape, dtype, data}: elements in row-major order."""
    x = x.detach()
    if x.dtype == torch.float64:
        x = x.to(torch.float32)
    kind = DTYPES[x.dtype]
    data = (x.to(torch.float32) if x.is_floating_point() else x.to(torch.int64)).flatten().tolist()
    return {"shape": list(x.shape), "dtype": kind, "data": Raw("[" + ",".join(map(number, data)) + "]")}


def weights(shape):
    """Fixed, exact and without symmetry: what an output is multiplied by before it is summed and differentiated."""
    size = math.prod(shape)
    return (((torch.arange(size, dtype=torch.float64) * 7 + 3) % 11 - 4.5) / 4).reshape(shape)


def seeded(*names):
    """Random numbers that depend on the names alone, so that a new case leaves the others as they are."""
    return torch.Generator().manual_seed(zlib.crc32("/".join(map(str, names)).encode()))


def lines(items):
    return "[\n" + ",\n".join(map(encode, items)) + "\n]"


def write(path, value):
    """A list of cases, or an object that may hold such lists: one case a line."""
    if isinstance(value, dict):
        cases = {key: Raw(lines(item)) if isinstance(item, list) and isinstance(item[0], dict) else item for key, item in value.items()}
        text = "{\n" + ",\n".join(f"{json.dumps(key)}:{encode(item)}" for key, item in cases.items()) + "\n}"
    else:
        text = lines(value)
    with open(path, "w") as file:
        file.write(text + "\n")


def save(path, tensors):
    """A safetensors file of f32."""
    save_file({name: x.detach().to(torch.float32).contiguous() for name, x in tensors.items()}, path)
    os.chmod(path, 0o644)
