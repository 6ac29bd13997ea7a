"""Networks of the benchmarks; networks.js has the same for this package, networks.json lists of layers for both."""

import json
import os

from torch import nn


class Block(nn.Module):
    """Two convolutions around which the input goes too, as in ResNet-18."""

    def __init__(self, before, after, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.relu = nn.ReLU()
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, after, 1, stride=stride, bias=False), nn.BatchNorm2d(after)
            )

    def forward(self, x):
        inner = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))


def chapter(activation="Sigmoid", pool="MaxPool2d", padding=0, channels=(6, 16)):
    """The chapter's convolutional network with other parts."""

    def block(before, after):
        return [nn.Conv2d(before, after, 5, padding=padding), getattr(nn, activation)(), getattr(nn, pool)(2)]

    act, side = getattr(nn, activation), 7 if padding == 2 else 4
    return nn.Sequential(
        *block(1, channels[0]), *block(*channels), nn.Flatten(),
        nn.Linear(channels[1] * side * side, 120), act(), nn.Linear(120, 84), act(), nn.Linear(84, 10),
    )


def layer(name, *args):
    """Options come last, as an object."""
    options = args[-1] if args and isinstance(args[-1], dict) else {}
    return getattr(nn, name)(*args[: len(args) - bool(options)], **options)


def listed(network):
    with open(os.path.join(os.path.dirname(__file__), "networks.json")) as file:
        return nn.Sequential(*(layer(*each) for each in json.load(file)[network]))


def resnet():
    """ResNet-18's plan with two stages fewer and a fourth of its channels."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 16, 1), Block(16, 32, 2), Block(32, 32, 1),
        nn.AvgPool2d(14), nn.Flatten(), nn.Linear(32, 10),
    )


def variant(network="lenet", **options):
    """A network by its name, or the chapter's with other parts."""
    if network == "lenet":
        return chapter(**options)
    return resnet() if network == "resnet" else listed(network)
