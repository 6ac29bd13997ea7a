import hashlib

import torch
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
                                  nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2))
        self.fc = nn.Sequential(nn.Linear(16 * 4 * 4, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(),
                                nn.Linear(84, 10))

    def forward(self, img):
        return self.fc(self.conv(img).view(img.shape[0], -1))


def lenet():
    digest = lambda p: hashlib.sha256(p.detach().numpy().tobytes()).hexdigest()
    result = {"repr": str(LeNet()), "parameters": {}}
    for seed in (0, 1, 42):
        torch.manual_seed(seed)
        result["parameters"][seed] = {name: digest(p) for name, p in LeNet().named_parameters()}
    return result
