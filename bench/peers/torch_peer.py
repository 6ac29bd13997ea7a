"""PyTorch's rounds (not pytorch.py: torchvision looks for a module of that name): one epoch of the chapter's LeNet.

usage: torch_peer.py tuned|compile|notebook DATA_DIR THREADS LIMIT
VARIANT in the environment: another network than the chapter's, as JSON.
"""

import json
import os
import sys

import torch
from torch import nn

import torch_epoch
from networks import variant
from rounds import rounds

mode, folder, threads, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(0)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
        )
        self.fc = nn.Sequential(
            nn.Linear(16 * 4 * 4, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
        )

    def forward(self, img):
        return self.fc(self.conv(img).view(img.shape[0], -1))


def network():
    text = os.environ.get("VARIANT")
    return variant(**json.loads(text)) if text else LeNet()


def load(prefix, count):
    images, labels = torch_epoch.load(folder, prefix, count)
    return images.float().div(255), labels


def tuned():
    """Data resident as float32, fused Adam: the fastest eager PyTorch that we know of."""
    count = limit or 60000
    train, test = load("train", count), load("t10k", max(1, count // 6))
    net, loss = network(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)
    if mode == "compile":
        net = torch.compile(net)

    def epoch():
        return torch_epoch.epoch(net, optimizer, loss, lambda out: out.argmax(1), train, test)

    epoch()
    return epoch


def notebook():
    """As the chapter has it: torchvision's transforms, four loader workers, plain Adam."""
    import tempfile

    import torchvision
    from torch.utils.data import DataLoader, Subset

    root = tempfile.mkdtemp()
    os.makedirs(os.path.join(root, "FashionMNIST"))
    os.symlink(folder, os.path.join(root, "FashionMNIST", "raw"))
    transform = torchvision.transforms.ToTensor()
    count = limit or 60000

    def loader(train, size):
        data = Subset(torchvision.datasets.FashionMNIST(root, train=train, transform=transform), range(size))
        return DataLoader(data, batch_size=256, shuffle=train, num_workers=4)

    train_iter, test_iter = loader(True, count), loader(False, max(1, count // 6))
    net, loss = network(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)

    def epoch():
        train_loss, correct, seen, batches, hits, tests = 0.0, 0.0, 0, 0, 0.0, 0
        for x, y in train_iter:
            out = net(x)
            value = loss(out, y)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            train_loss += value.item()
            correct += (out.argmax(dim=1) == y).sum().item()
            seen += y.shape[0]
            batches += 1
        with torch.no_grad():
            for x, y in test_iter:
                net.eval()
                hits += (net(x).argmax(dim=1) == y).float().sum().item()
                net.train()
                tests += y.shape[0]
        return {"loss": train_loss / batches, "trainAcc": correct / seen, "testAcc": hits / tests}

    return epoch


rounds({"tuned": tuned, "compile": tuned, "notebook": notebook}[mode]())
