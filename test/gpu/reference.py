"""Losses of LeNet's first steps on the GPU in PyTorch, a JSON list: `python reference.py STEPS`.

Seed 0, the images in their order, batches of 256, float32 without TF32.
"""
import gzip
import json
import os
import sys

import torch
from torch import nn

ROOT = os.environ["LENET_TORCH_GPU_DATA"]
torch.backends.cudnn.allow_tf32 = False


def read(name, skip):
    path = os.path.join(ROOT, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz")) as file:
        return torch.frombuffer(bytearray(file.read()[skip:]), dtype=torch.uint8)


images = read("train-images-idx3-ubyte", 16).view(-1, 1, 28, 28)
labels = read("train-labels-idx1-ubyte", 8).long()

torch.manual_seed(0)
conv = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
    nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2))
fc = nn.Sequential(
    nn.Linear(256, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))
net = nn.Sequential(conv, nn.Flatten(), fc).to("cuda")
optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)
loss_function = nn.CrossEntropyLoss()

losses = []
for start in range(0, int(sys.argv[1]) * 256, 256):
    X = images[start:start + 256].to(torch.float32).div(255).to("cuda")
    loss = loss_function(net(X), labels[start:start + 256].to("cuda"))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
