"""PyTorch's side of the calls in bench/eager.bench.js: CPU time per call, in µs.

usage: calls.py COUNT
"""

import sys
import time

import torch
from torch.nn.functional import conv2d

from rounds import rounds

count = int(sys.argv[1])
torch.set_num_threads(1)

a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
m = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
image, kernel = torch.rand(1, 1, 5, 5), torch.rand(1, 1, 3, 3)
leaf = torch.rand(3, requires_grad=True)


def add(n):
    for _ in range(n):
        torch.add(a, b)


def mul(n):
    for _ in range(n):
        a.mul(2)


def matmul(n):
    for _ in range(n):
        torch.matmul(m, m)


def relu(n):
    for _ in range(n):
        a.relu()


def total(n):
    for _ in range(n):
        a.sum()


def total_by_name(n):
    for _ in range(n):
        a.sum(dim=0)


def view(n):
    for _ in range(n):
        m.view(4)


def select(n):
    for _ in range(n):
        m.select(0, 1)


def cat(n):
    for _ in range(n):
        torch.cat([a, b])


def conv(n):
    for _ in range(n):
        conv2d(image, kernel)


def backward(n):
    for _ in range(n):
        leaf.mul(leaf).sum().backward()


LOOPS = {
    "add": add,
    "mul with a number": mul,
    "matmul 2×2": matmul,
    "relu": relu,
    "sum": total,
    "sum, dim by name": total_by_name,
    "view": view,
    "select": select,
    "cat of two": cat,
    "conv2d 5×5 by 3×3": conv,
    "backward of (x·x).sum()": backward,
}


def measure(loop):
    start = time.process_time()
    loop(count)
    return (time.process_time() - start) / count * 1e6


def calls():
    return {"calls": {what: measure(loop) for what, loop in LOOPS.items()}}


calls()
rounds(calls)
