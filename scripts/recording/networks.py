"""The networks of the chapters around LeNet, as the book writes them: examples/chapters/networks has each in TypeScript."""

import torch
from torch import nn
from torch.nn import functional as F


class Wrapped(nn.Module):
    """What most of the book's networks are: a Sequential under the name `net`."""

    def __init__(self, *layers):
        super().__init__()
        self.net = nn.Sequential(*layers)

    def forward(self, X):
        return self.net(X)


class SoftmaxRegression(Wrapped):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 10))


class SoftmaxRegressionScratch(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.normal(0, 0.01, (784, 10)))
        self.b = nn.Parameter(torch.zeros(10))

    def forward(self, X):
        exponentials = torch.exp(X.reshape(-1, 784) @ self.W + self.b)
        return exponentials / exponentials.sum(1, keepdim=True)

    @staticmethod
    def loss(y_hat, y):
        return -torch.log(y_hat[range(len(y_hat)), y]).mean()


class MLP(Wrapped):
    def __init__(self, num_hiddens=256):
        super().__init__(nn.Flatten(), nn.Linear(784, num_hiddens), nn.ReLU(), nn.Linear(num_hiddens, 10))


class MLPScratch(nn.Module):
    def __init__(self, num_hiddens=256):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(784, num_hiddens) * 0.01)
        self.b1 = nn.Parameter(torch.zeros(num_hiddens))
        self.W2 = nn.Parameter(torch.randn(num_hiddens, 10) * 0.01)
        self.b2 = nn.Parameter(torch.zeros(10))

    def forward(self, X):
        hidden = X.reshape(-1, 784) @ self.W1 + self.b1
        return torch.max(hidden, torch.zeros_like(hidden)) @ self.W2 + self.b2


class LinearRegressionScratch(nn.Module):
    def __init__(self, num_inputs=200, sigma=0.01):
        super().__init__()
        self.w = nn.Parameter(torch.normal(0, sigma, (num_inputs, 1)))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        return X @ self.w + self.b


class DropoutMLP(Wrapped):
    def __init__(self, dropout1=0.5, dropout2=0.5):
        super().__init__(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(dropout1),
                         nn.Linear(256, 256), nn.ReLU(), nn.Dropout(dropout2), nn.Linear(256, 10))


class DropoutMLPScratch(nn.Module):
    def __init__(self, dropout1=0.5, dropout2=0.5):
        super().__init__()
        self.dropouts = dropout1, dropout2
        self.lin1 = nn.Linear(784, 256)
        self.lin2 = nn.Linear(256, 256)
        self.lin3 = nn.Linear(256, 10)

    def drop(self, X, dropout):
        if not self.training:
            return X
        return (torch.rand(X.shape) > dropout).float() * X / (1 - dropout)

    def forward(self, X):
        H1 = self.drop(F.relu(self.lin1(X.reshape(len(X), -1))), self.dropouts[0])
        H2 = self.drop(F.relu(self.lin2(H1)), self.dropouts[1])
        return self.lin3(H2)


class AlexNet(Wrapped):
    def __init__(self, num_classes=10):
        super().__init__(
            nn.Conv2d(1, 96, kernel_size=11, stride=4, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(96, 256, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 384, kernel_size=3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Flatten(), nn.Linear(6400, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(4096, num_classes))


def vgg_block(num_convs, in_channels, out_channels):
    layers = []
    for _ in range(num_convs):
        layers += [nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1), nn.ReLU()]
        in_channels = out_channels
    return nn.Sequential(*layers, nn.MaxPool2d(kernel_size=2, stride=2))


class VGG(Wrapped):
    def __init__(self, arch=((1, 16), (1, 32), (2, 64), (2, 128), (2, 128)), num_classes=10):
        blocks, channels = [], 1
        for num_convs, out_channels in arch:
            blocks.append(vgg_block(num_convs, channels, out_channels))
            channels = out_channels
        super().__init__(*blocks, nn.Flatten(), nn.Linear(channels * 49, 4096), nn.ReLU(), nn.Dropout(0.5),
                         nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, num_classes))


def nin_block(in_channels, out_channels, kernel_size, stride, padding):
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding), nn.ReLU(),
                         nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU(),
                         nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU())


class NiN(Wrapped):
    def __init__(self, num_classes=10):
        super().__init__(nin_block(1, 96, 11, 4, 0), nn.MaxPool2d(3, stride=2), nin_block(96, 256, 5, 1, 2),
                         nn.MaxPool2d(3, stride=2), nin_block(256, 384, 3, 1, 1), nn.MaxPool2d(3, stride=2),
                         nn.Dropout(0.5), nin_block(384, num_classes, 3, 1, 1), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten())


class Inception(nn.Module):
    def __init__(self, in_channels, c1, c2, c3, c4):
        super().__init__()
        self.b1_1 = nn.Conv2d(in_channels, c1, kernel_size=1)
        self.b2_1 = nn.Conv2d(in_channels, c2[0], kernel_size=1)
        self.b2_2 = nn.Conv2d(c2[0], c2[1], kernel_size=3, padding=1)
        self.b3_1 = nn.Conv2d(in_channels, c3[0], kernel_size=1)
        self.b3_2 = nn.Conv2d(c3[0], c3[1], kernel_size=5, padding=2)
        self.b4_1 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.b4_2 = nn.Conv2d(in_channels, c4, kernel_size=1)

    def forward(self, x):
        b1 = F.relu(self.b1_1(x))
        b2 = F.relu(self.b2_2(F.relu(self.b2_1(x))))
        b3 = F.relu(self.b3_2(F.relu(self.b3_1(x))))
        b4 = F.relu(self.b4_2(self.b4_1(x)))
        return torch.cat((b1, b2, b3, b4), dim=1)


class GoogLeNet(Wrapped):
    def __init__(self, num_classes=10):
        pool = lambda: nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        super().__init__(
            nn.Sequential(nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3), nn.ReLU(), pool()),
            nn.Sequential(nn.Conv2d(64, 64, kernel_size=1), nn.ReLU(), nn.Conv2d(64, 192, kernel_size=3, padding=1), nn.ReLU(), pool()),
            nn.Sequential(Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64), pool()),
            nn.Sequential(Inception(480, 192, (96, 208), (16, 48), 64), Inception(512, 160, (112, 224), (24, 64), 64),
                          Inception(512, 128, (128, 256), (24, 64), 64), Inception(512, 112, (144, 288), (32, 64), 64),
                          Inception(528, 256, (160, 320), (32, 128), 128), pool()),
            nn.Sequential(Inception(832, 256, (160, 320), (32, 128), 128), Inception(832, 384, (192, 384), (48, 128), 128),
                          nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()),
            nn.Linear(1024, num_classes))


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims):
        super().__init__()
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.dims = (0,) if num_dims == 2 else (0, 2, 3)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.register_buffer("moving_mean", torch.zeros(shape))
        self.register_buffer("moving_var", torch.ones(shape))

    def forward(self, X):
        if not self.training:
            return self.gamma * (X - self.moving_mean) / torch.sqrt(self.moving_var + 1e-5) + self.beta
        mean = X.mean(dim=self.dims, keepdim=True)
        var = ((X - mean) ** 2).mean(dim=self.dims, keepdim=True)
        self.moving_mean = 0.9 * self.moving_mean + 0.1 * mean.detach()
        self.moving_var = 0.9 * self.moving_var + 0.1 * var.detach()
        return self.gamma * ((X - mean) / torch.sqrt(var + 1e-5)) + self.beta


def bn_lenet(four, two, num_classes):
    return (nn.Conv2d(1, 6, kernel_size=5), four(6), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(6, 16, kernel_size=5), four(16), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Flatten(), nn.Linear(256, 120), two(120), nn.Sigmoid(), nn.Linear(120, 84), two(84), nn.Sigmoid(),
            nn.Linear(84, num_classes))


class BNLeNet(Wrapped):
    def __init__(self, num_classes=10):
        super().__init__(*bn_lenet(nn.BatchNorm2d, nn.BatchNorm1d, num_classes))


class BNLeNetScratch(Wrapped):
    def __init__(self, num_classes=10):
        super().__init__(*bn_lenet(lambda n: BatchNorm(n, 4), lambda n: BatchNorm(n, 2), num_classes))


class Residual(nn.Module):
    def __init__(self, in_channels, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(num_channels, num_channels, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(in_channels, num_channels, kernel_size=1, stride=strides) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)

    def forward(self, X):
        Y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(X)))))
        return F.relu(Y + (self.conv3(X) if self.conv3 else X))


def first_block():
    return nn.Sequential(nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3), nn.BatchNorm2d(64), nn.ReLU(),
                         nn.MaxPool2d(kernel_size=3, stride=2, padding=1))


class ResNet(Wrapped):
    def __init__(self, arch=((2, 64), (2, 128), (2, 256), (2, 512)), num_classes=10):
        super().__init__()
        self.net.add_module("b1", first_block())
        before = 64
        for i, (num_residuals, channels) in enumerate(arch):
            halve = i > 0
            first = Residual(before, channels, use_1x1conv=halve, strides=2 if halve else 1)
            rest = [Residual(channels, channels) for _ in range(num_residuals - 1)]
            self.net.add_module(f"b{i + 2}", nn.Sequential(first, *rest))
            before = channels
        self.net.add_module("last", nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(before, num_classes)))


class DenseBlock(Wrapped):
    def __init__(self, num_convs, in_channels, growth_rate):
        super().__init__()
        for i in range(num_convs):
            channels = in_channels + i * growth_rate
            self.net.append(nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(),
                                          nn.Conv2d(channels, growth_rate, kernel_size=3, padding=1)))

    def forward(self, X):
        for block in self.net:
            X = torch.cat((X, block(X)), dim=1)
        return X


class DenseNet(Wrapped):
    def __init__(self, growth_rate=32, arch=(4, 4, 4, 4), num_classes=10):
        super().__init__()
        self.net.add_module("b1", first_block())
        channels = 64
        for i, num_convs in enumerate(arch):
            self.net.add_module(f"dense_blk{i + 1}", DenseBlock(num_convs, channels, growth_rate))
            channels += num_convs * growth_rate
            if i < len(arch) - 1:
                self.net.add_module(f"tran_blk{i + 1}", nn.Sequential(
                    nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, kernel_size=1),
                    nn.AvgPool2d(kernel_size=2, stride=2)))
                channels //= 2
        self.net.add_module("last", nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1)),
                                                  nn.Flatten(), nn.Linear(channels, num_classes)))


class RNNLMScratch(nn.Module):
    def __init__(self, vocab_size, num_hiddens=32, sigma=0.01):
        super().__init__()
        self.vocab_size, self.num_hiddens = vocab_size, num_hiddens
        self.W_xh = nn.Parameter(torch.randn(vocab_size, num_hiddens) * sigma)
        self.W_hh = nn.Parameter(torch.randn(num_hiddens, num_hiddens) * sigma)
        self.b_h = nn.Parameter(torch.zeros(num_hiddens))
        self.W_hq = nn.Parameter(torch.randn(num_hiddens, vocab_size) * sigma)
        self.b_q = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, tokens, state=None):
        H = torch.zeros(len(tokens), self.num_hiddens) if state is None else state
        outputs = []
        for X in F.one_hot(tokens.T, self.vocab_size).float():
            H = torch.tanh(X @ self.W_xh + H @ self.W_hh + self.b_h)
            outputs.append(H @ self.W_hq + self.b_q)
        return torch.stack(outputs, 1), H


class RecurrentLM(nn.Module):
    def __init__(self, recurrent, vocab_size, num_hiddens=32):
        super().__init__()
        self.vocab_size = vocab_size
        self.rnn = getattr(nn, recurrent)(vocab_size, num_hiddens)
        self.linear = nn.Linear(num_hiddens, vocab_size)

    def forward(self, tokens, state=None):
        outputs, state = self.rnn(F.one_hot(tokens.T, self.vocab_size).float(), state)
        return self.linear(outputs).swapaxes(0, 1), state
