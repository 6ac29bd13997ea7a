"""The data set in PyTorch, and an epoch over it as fast as eager PyTorch has it: all data resident."""

import gzip
import os

import numpy as np
import torch

BATCH = 256


def read(folder, name, offset):
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=offset).copy())


def load(folder, prefix, count):
    """The first images, bytes (N, 1, 28, 28), and their labels."""
    labels = read(folder, f"{prefix}-labels-idx1-ubyte", 8)[:count].long()
    return read(folder, f"{prefix}-images-idx3-ubyte", 16).view(-1, 1, 28, 28)[:count], labels


def epoch(net, optimizer, loss, guess, train, test):
    """Trains and tests. `guess` makes classes of the network's outputs."""
    (x, y), (tx, ty) = train, test
    loss_sum, correct, batches, hits = 0.0, 0, 0, 0
    order = torch.randperm(len(x))
    for start in range(0, len(x), BATCH):
        index = order[start : start + BATCH]
        xb, yb = x[index], y[index]
        out = net(xb)
        value = loss(out, yb)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        loss_sum += value.item()
        correct += (guess(out) == yb).sum().item()
        batches += 1
    net.eval()
    with torch.no_grad():
        for start in range(0, len(tx), BATCH):
            hits += (guess(net(tx[start : start + BATCH])) == ty[start : start + BATCH]).sum().item()
    net.train()
    return {"loss": loss_sum / batches, "trainAcc": correct / len(x), "testAcc": hits / len(tx)}
