"""Writes packages/nn/test/goldens/files/: safetensors and NumPy files that @wids/nn reads, and what it is to find there.

Also reads what @wids/nn wrote there (`ours.*`, by test/crossFiles.test.ts with WIDS_WRITE=1) and fails if a value differs.
"""

import json
import os

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file

folder = "packages/nn/test/goldens/files"
os.makedirs(folder, exist_ok=True)
path = lambda name: os.path.join(folder, name)


def expected(array):
    """Shape and values, as JSON."""
    values = [float(x) for x in np.asarray(array).astype(np.float64).flatten()]
    return {"shape": list(np.asarray(array).shape), "data": [str(x) if x != x or abs(x) == np.inf else x for x in values]}


# safetensors: every type that a tensor here holds, in one file and in shards
ramp = torch.arange(6).reshape(2, 3) - 2
tensors = {
    "F32": ramp.float() / 4,
    "F16": ramp.half() / 8,
    "BF16": ramp.bfloat16() * 1e30,
    "I64": ramp.long() * 500_000_000,
    "I32": ramp.int() * 1_000_000_000 // 3,
    "I16": ramp.short() * 10_000,
    "I8": ramp.to(torch.int8) * 40,
    "U8": (ramp + 2).to(torch.uint8) * 50,
    "U16": ((ramp + 2) * 13_000).to(torch.uint16),
    "U32": ((ramp + 2) * 800_000_000).to(torch.uint32),
    "U64": ((ramp + 2) * 800_000_000).to(torch.uint64),
    "BOOL": ramp > 0,
    "empty": torch.zeros(0, 3),
    "scalar": torch.tensor(1.5),
    "naïve.ключ": torch.tensor([float("nan"), float("inf"), -0.0]),
}
save_file(tensors, path("theirs.safetensors"), metadata={"format": "pt", "note": "ünï"})
names = list(tensors)
shards = {"theirs-00001-of-00002.safetensors": names[:7], "theirs-00002-of-00002.safetensors": names[7:]}
for file, members in shards.items():
    save_file({name: tensors[name] for name in members}, path(file), metadata={"format": "pt"})
index = {"metadata": {"total_size": 1}, "weight_map": {name: file for file, members in shards.items() for name in members}}
json.dump(index, open(path("theirs.safetensors.index.json"), "w"), indent=2, ensure_ascii=False)
wide = lambda x: (x.float() if x.is_floating_point() else x.to(torch.int64) if x.dtype != torch.uint64 else x.view(torch.int64)).numpy()
found = {"theirs.safetensors": {name: expected(wide(x)) for name, x in tensors.items()}}

# NumPy: types, byte orders, orders of axes, versions
cube = np.arange(24).reshape(2, 3, 4) - 7
arrays = {f"{order}{kind}": (np.abs(cube) if kind.startswith("u") else cube).astype(f"{order}{kind}") for order in "<>" for kind in ["f2", "f4", "i2", "u2", "i4", "u4", "i8", "u8"]}
arrays |= {"i1": cube.astype("i1"), "u1": np.abs(cube).astype("u1"), "b1": cube > 0, "scalar": np.float32(2.5), "empty": np.zeros((3, 0), "f4")}
arrays |= {"row": np.arange(3, dtype="f4"), "fortran": np.asfortranarray(cube.astype("f4")), "fortran big": np.asfortranarray(cube.astype(">i4"))}
arrays |= {"special": np.array([np.nan, np.inf, -0.0], "f4")}
np.savez(path("theirs.npz"), **arrays)
np.savez_compressed(path("theirs-compressed.npz"), **arrays)
found["theirs.npz"] = {name: expected(x) for name, x in arrays.items()}
for major in (1, 2, 3):
    with open(path(f"theirs-{major}.npy"), "wb") as file:
        np.lib.format.write_array(file, cube.astype("f4"), version=(major, 0))
np.save(path("theirs-f64.npy"), cube / 3)
np.save(path("theirs-text.npy"), np.array(["a", "b"]))
np.save(path("theirs-objects.npy"), np.array([{"a": 1}], dtype=object))
np.save(path("theirs-records.npy"), np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))

json.dump(found, open(path("theirs.json"), "w"), separators=(",", ":"), ensure_ascii=False)

# what @wids/nn wrote
if os.path.exists(path("ours.json")):
    ours = json.load(open(path("ours.json")))
    read = {}
    with safe_open(path("ours.safetensors"), "pt") as file:
        assert file.metadata() == {"format": "pt", "note": "ünï"}, file.metadata()
        read["ours.safetensors"] = {name: wide(file.get_tensor(name)) for name in file.keys()}
    weights = json.load(open(path("ours.safetensors.index.json")))["weight_map"]
    assert len(set(weights.values())) > 1
    read["ours.safetensors.index.json"] = {}
    for name, file in weights.items():
        with safe_open(path(file), "pt") as shard:
            read["ours.safetensors.index.json"][name] = wide(shard.get_tensor(name))
    for file in ("ours.npz", "ours-compressed.npz"):
        read[file] = dict(np.load(path(file)))
    for file, wanted in ours.items():
        assert wanted == {name: expected(x) for name, x in read[file].items()}, file
    print("read", ", ".join(ours))
