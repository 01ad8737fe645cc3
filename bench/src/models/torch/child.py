"""PyTorch's process: JSON lines on stdin ask, JSON lines on file descriptor 3 answer. See child.ts for the other side."""

import importlib
import json
import os
import sys
import time

import torch

torch.set_num_threads(int(os.environ["WIDS_BENCH_THREADS"]))


def answer(request, state):
    if request["ask"] == "prepare":
        task = request["task"]
        check, state["run"] = importlib.import_module(task["kind"]).prepare(task)
        return {"check": check}
    start = time.perf_counter()
    state["run"](request["count"])
    return {"seconds": time.perf_counter() - start}


state = {}
with os.fdopen(3, "w", buffering=1) as replies:
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), state)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
