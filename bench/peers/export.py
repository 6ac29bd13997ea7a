"""Writes a LeNet with seed 0 as lenet.onnx, its parameters as parameters.bin, 10,000 images and their logits.

usage: export.py FOLDER
"""

import os
import sys

import torch
from torch import nn

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(0)
act = nn.Sigmoid
net = nn.Sequential(
    nn.Conv2d(1, 6, 5), act(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), act(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(256, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10),
).eval()
images = torch.rand(10000, 1, 28, 28)


def write(name, tensors):
    with open(os.path.join(folder, name), "wb") as file:
        for tensor in tensors:
            file.write(tensor.detach().contiguous().numpy().tobytes())


write("parameters.bin", net.parameters())
write("images.bin", [images])
with torch.no_grad():
    write("logits.bin", [net(images)])
torch.onnx.export(
    net, images[:2], os.path.join(folder, "lenet.onnx"), dynamo=False, input_names=["images"],
    output_names=["logits"], dynamic_axes={"images": {0: "n"}, "logits": {0: "n"}},
)
