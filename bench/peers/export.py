"""Writes a network with seed 0 as network.onnx, its parameters as parameters.bin, 10,000 images and their logits.

usage: export.py NETWORK FOLDER   (NETWORK: lenet, or one of networks.json)
"""

import os
import sys

import torch

from networks import variant

network, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
torch.manual_seed(0)
net = variant(network).eval()
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
    net, images[:2], os.path.join(folder, "network.onnx"), dynamo=False, input_names=["images"],
    output_names=["logits"], dynamic_axes={"images": {0: "n"}, "logits": {0: "n"}},
)
