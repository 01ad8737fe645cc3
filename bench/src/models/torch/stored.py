"""The tensors that every library reads."""

import torch


def load(weights):
    """Named f32 tensors of the file described by `weights`."""
    with open(weights["file"], "rb") as file:
        data = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)

    def tensor_of(entry):
        start = entry["offset"] // 4
        size = torch.Size(entry["shape"]).numel()
        return data[start : start + size].view(entry["shape"]).clone()

    return {entry["name"]: tensor_of(entry) for entry in weights["tensors"]}
