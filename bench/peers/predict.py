"""Predictions of PyTorch; figures as predict.js.

usage: predict.py FOLDER THREADS   (FOLDER: see export.py)
"""

import os
import sys
import time

import numpy as np
import torch
from torch import nn

from rounds import rounds

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
act = nn.Sigmoid
net = nn.Sequential(
    nn.Conv2d(1, 6, 5), act(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), act(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(256, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10),
).eval()
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
