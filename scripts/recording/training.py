import gzip
import os
import pathlib

import torch
from torch import nn

from .lenet import LeNet


def training():
    folder = os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist")

    def read(name, offset):
        path = pathlib.Path(folder) / name
        data = path.read_bytes() if path.exists() else gzip.decompress(path.with_name(name + ".gz").read_bytes())
        return torch.frombuffer(bytearray(data[offset:]), dtype=torch.uint8)

    def load(prefix):
        labels = read(f"{prefix}-labels-idx1-ubyte", 8).long()
        images = read(f"{prefix}-images-idx3-ubyte", 16).view(-1, 1, 28, 28).float().div(255)
        return torch.utils.data.TensorDataset(images, labels)

    train_set, test_set = load("train"), load("t10k")
    torch.set_num_threads(2)
    result = {}
    for seed in (0, 1, 2):
        torch.manual_seed(seed)
        net, loss = LeNet(), nn.CrossEntropyLoss()
        train_iter = torch.utils.data.DataLoader(train_set, 256, shuffle=True)
        test_iter = torch.utils.data.DataLoader(test_set, 256)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
        lines = []
        for _ in range(5):
            loss_sum, correct, n, batches = 0.0, 0.0, 0, 0
            for x, y in train_iter:
                y_hat = net(x)
                value = loss(y_hat, y)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                loss_sum += value.item()
                correct += (y_hat.argmax(dim=1) == y).sum().item()
                n += y.shape[0]
                batches += 1
            hits, count = 0.0, 0
            with torch.no_grad():
                for x, y in test_iter:
                    net.eval()
                    hits += (net(x).argmax(dim=1) == y).float().sum().item()
                    net.train()
                    count += y.shape[0]
            lines.append({"loss": loss_sum / batches, "trainAcc": correct / n, "testAcc": hits / count})
        result[seed] = lines
    return result
