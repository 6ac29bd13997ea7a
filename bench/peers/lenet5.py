"""One epoch of LeNet-5 with its test pass in tuned PyTorch: data resident, fused Adam, the partial table scattered into a
full convolution, window sums one dimension after the other.

usage: lenet5.py DATA_DIR THREADS LIMIT
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F

import torch_epoch
from rounds import rounds

folder, threads, limit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(0)

TABLE = [[(o + i) % 6 for i in range(3 if o < 6 else 4)] for o in range(12)]
TABLE += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]
SLOTS = torch.tensor([o * 6 + i for o, inputs in enumerate(TABLE) for i in inputs])


def uniform(fan_in, *shape):
    return nn.Parameter(torch.empty(shape).uniform_(-2.4 / fan_in, 2.4 / fan_in))


def squash(x):
    return x.mul(2 / 3).tanh().mul(1.7159)


def subsample(x, weight, bias):
    n, c, h, w = x.shape
    sums = x.view(n, c, h // 2, 2, w).sum(3).view(n, c, h // 2, w // 2, 2).sum(4)
    return squash(torch.addcmul(bias.view(-1, 1, 1), sums, weight.view(-1, 1, 1)))


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c1_bias = uniform(25, 6, 1, 5, 5), uniform(25, 6)
        self.s2, self.s2_bias = uniform(4, 6), uniform(4, 6)
        self.c3, self.c3_bias = uniform(100, 60, 5, 5), uniform(100, 16)
        self.s4, self.s4_bias = uniform(4, 16), uniform(4, 16)
        self.c5, self.c5_bias = uniform(400, 120, 16, 5, 5), uniform(400, 120)
        self.f6, self.f6_bias = uniform(120, 84, 120), uniform(120, 84)
        self.register_buffer("centers", torch.randn(10, 84).sign())

    def forward(self, x):
        x = squash(F.conv2d(x, self.c1, self.c1_bias))
        x = subsample(x, self.s2, self.s2_bias)
        dense = torch.zeros(96, 5, 5).index_copy(0, SLOTS, self.c3).view(16, 6, 5, 5)
        x = squash(F.conv2d(x, dense, self.c3_bias))
        x = subsample(x, self.s4, self.s4_bias)
        x = squash(F.conv2d(x, self.c5, self.c5_bias)).flatten(1)
        x = squash(F.linear(x, self.f6, self.f6_bias))
        return (x.unsqueeze(-2) - self.centers).square().sum(-1)


def load(prefix, count):
    images, labels = torch_epoch.load(folder, prefix, count)
    return F.pad(images.float().mul(1.275 / 255).sub(0.1), (2, 2, 2, 2), value=-0.1), labels


def penalty(out, y):
    return out.gather(1, y.unsqueeze(1)).mean()


train, test = load("train", limit), load("t10k", max(1, limit // 6))
net = LeNet5()
optimizer = torch.optim.Adam(net.parameters(), lr=0.003, fused=True)


def epoch():
    return torch_epoch.epoch(net, optimizer, penalty, lambda out: out.argmin(1), train, test)


epoch()
rounds(epoch)
