"""Has TensorBoard's own reader load what @wids/nn writes, and compares every number.

Run from the repository root: /path/to/python tools/check_tensorboard.py NODE   (tensorboard 2.21)

NODE is a Node that runs TypeScript (by default node_modules/node/bin/node). Prints what was read; fails if anything differs.
"""

import pathlib
import subprocess
import sys
import tempfile

from numpy import float32 as f32
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

WRITE = """
import { SummaryWriter } from '@wids/nn'
const [folder] = process.argv.slice(-1)
const first = new SummaryWriter(folder, { now: () => 1.7e12 })
for (let step = 1; step <= 100; step++) first.addScalar('training/loss', 1 / step, step)
first.addHistogram('fc.weight', Float32Array.from({ length: 1000 }, (_, i) => (i - 250) / 100), 10)
first.addText('sample', 'Call me **Ishmael** – ünïcode.', 10)
first.close()
// What a run does that was resumed at step 50.
const second = new SummaryWriter(folder, { purgeStep: 51, now: () => 1.7e12 + 1e6 })
for (let step = 51; step <= 60; step++) second.addScalar('training/loss', 2 / step, step)
second.close()
"""


def same(name, actual, expected):
    assert actual == expected, f"{name}: {actual} != {expected}"


def main(node):
    with tempfile.TemporaryDirectory() as folder:
        command = [pathlib.Path(node).resolve(), "--conditions=@wids/source", "--input-type=module", "-e", WRITE, "--", folder]
        subprocess.run(command, check=True, cwd="packages/nn")
        events = EventAccumulator(folder, size_guidance={"scalars": 0, "histograms": 0, "tensors": 0}).Reload()
        print(events.Tags())
        scalars = [(e.step, e.value) for e in events.Scalars("training/loss")]
        expected = [(s, float(f32(1 / s))) for s in range(1, 51)] + [(s, float(f32(2 / s))) for s in range(51, 61)]
        same("scalars", scalars, expected)
        same("wall time", events.Scalars("training/loss")[0].wall_time, 1.7e9)
        [histogram] = events.Histograms("fc.weight")
        h = histogram.histogram_value
        same("histogram", (histogram.step, h.num, h.min, h.max), (10, 1000, -2.5, float(f32(7.49))))
        same("counts", (sum(h.bucket), len(h.bucket)), (1000, len(h.bucket_limit)))
        for limit in h.bucket_limit:
            below = sum(count for at, count in zip(h.bucket_limit, h.bucket) if at <= limit)
            same(f"values up to {limit}", below, sum(float(f32((i - 250) / 100)) <= limit for i in range(1000)))
        [text] = events.Tensors("sample/text_summary" if "sample/text_summary" in events.Tags()["tensors"] else "sample")
        same("text", text.tensor_proto.string_val[0].decode(), "Call me **Ishmael** – ünïcode.")
        plugin = events.SummaryMetadata("sample").plugin_data.plugin_name
        same("plugin", plugin, "text")
        print(f"{len(scalars)} scalars, 1 histogram of {len(h.bucket)} parts and 1 text are as they were written")


main(sys.argv[1] if len(sys.argv) > 1 else "node_modules/node/bin/node")
