"""What planning inspections takes, and what its plans cost beside those of a naive planner."""
import json
import os
import subprocess

import meter
from places import node

TARGETS = {"four quarters planned": ("under 2,000", lambda value: value < 2000),
           "ours: missed": ("0", lambda value: value == 0)}


def measure(report, size, _folder, _options):
    meter.quietly("cmake", "--build", os.path.dirname(node.BIN), "--target", "bench_planner")
    program = os.path.join(node.BIN, "bench_planner")
    if not os.path.exists(program):
        print("planner: not measured, bench_planner is not built", flush=True)
        return
    done = subprocess.run([program, str(size["plans"])], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        print(f"planner: not measured, {done.stderr.strip()}", flush=True)
    for line in done.stdout.splitlines():
        figure = json.loads(line)
        report.add("planner", figure["name"], figure["values"], figure["unit"],
                   *TARGETS.get(figure["name"], ()))
