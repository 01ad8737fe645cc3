"""A product of two matrices."""

import torch

from stored import load


@torch.inference_mode()
def prepare(task):
    tensors = load(task["weights"])
    a, b = tensors["a"], tensors["b"]

    @torch.inference_mode()
    def run(count):
        for _ in range(count):
            torch.matmul(a, b)

    run(3)
    return torch.matmul(a, b)[0, : task["checked"]].tolist(), run
