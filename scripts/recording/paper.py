import math

import torch
from torch import nn
from torch.nn import functional as F


def squashed(sums, kind):
    return 1 / (1 + torch.exp(-sums)) if kind == "sigmoid" else 1.7159 * torch.tanh(2 * sums / 3)


def rbf_losses(outputs, labels, criterion, j):
    losses = []
    for penalties, label in zip(outputs, labels):
        loss = penalties[label]
        if criterion == "discriminative":
            loss = loss + torch.log(math.exp(-j) + torch.exp(-penalties).sum())
        losses.append(loss)
    return torch.stack(losses)


class PartialConv2d(nn.Module):
    """A full convolution whose kernels are masked, in PyTorch's own layer."""

    def __init__(self, channels, table, size, **options):
        super().__init__()
        self.table = table
        self.full = [nn.Conv2d(channels, len(table), size, **options)]
        self.weight = nn.Parameter(torch.randn(sum(map(len, table)), *self.full[0].kernel_size))
        self.bias = nn.Parameter(torch.randn(len(table))) if self.full[0].bias is not None else None

    def forward(self, x):
        conv, kernels = self.full[0], list(self.weight)
        zero = torch.zeros(conv.kernel_size)
        rows = []
        for inputs in self.table:
            own = {channel: kernels.pop(0) for channel in inputs}
            rows.append(torch.stack([own.get(channel, zero) for channel in range(conv.in_channels)]))
        return F.conv2d(x, torch.stack(rows), self.bias, conv.stride, conv.padding)


class TrainableSubsampling(nn.Module):
    def __init__(self, channels, size, kind):
        super().__init__()
        self.size, self.kind = size, kind
        self.weight, self.bias = nn.Parameter(torch.randn(channels)), nn.Parameter(torch.randn(channels))

    def forward(self, x):
        (n, c, h, w), (dy, dx) = x.shape, self.size
        cut = x[:, :, : h // dy * dy, : w // dx * dx]
        sums = cut.reshape(n, c, h // dy, dy, w // dx, dx).sum((3, 5))
        value = torch.einsum("nchw,c->nchw", sums, self.weight) + self.bias[None, :, None, None]
        return value if self.kind == "none" else squashed(value, self.kind)


class EuclideanRBF(nn.Module):
    def __init__(self, features, units, trainable=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, features), requires_grad=trainable)

    def forward(self, x):
        return torch.stack([((x - center) ** 2).sum(-1) for center in self.weight], -1)


class EuclideanRBFLoss(nn.Module):
    def __init__(self, criterion, j, reduction="mean"):
        super().__init__()
        self.criterion, self.j, self.reduction = criterion, j, reduction

    def forward(self, outputs, labels):
        losses = rbf_losses(outputs, labels, self.criterion, self.j)
        return losses if self.reduction == "none" else getattr(losses, self.reduction)()
