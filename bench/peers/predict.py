"""Predictions of PyTorch; figures as predict.js.

usage: predict.py NETWORK FOLDER THREADS   (see export.py)
"""

import os
import sys
import time

import numpy as np
import torch

from networks import variant
from rounds import rounds

network, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
net = variant(network).eval()
images = torch.from_numpy(np.fromfile(os.path.join(folder, "images.bin"), np.float32)).view(-1, 1, 28, 28)


def rate(count, seconds):
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        net(images[:count])
        calls += 1
    return calls * count / (time.perf_counter() - start)


def one_round():
    times = []
    for i in range(1000):
        start = time.perf_counter()
        net(images[i : i + 1])
        times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    return {
        "p50": times[500], "p99": times[990], "at1": rate(1, 0.2), "at16": rate(16, 0.2),
        "at256": rate(256, 0.3), "at10000": rate(10000, 0.5),
    }


with torch.inference_mode():
    one_round()
    rounds(one_round)
