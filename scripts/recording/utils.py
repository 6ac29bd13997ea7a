"""torch.nn.utils, where it is more than a function of tensors."""

import math

import torch
from torch import nn
from torch.nn.utils import parametrizations

from .parity import draw, encode


def network():
    torch.manual_seed(1)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x = draw("5x3", torch.float32)
    net(x).square().sum().backward()
    return net


def clipped(clip):
    net = network()
    norm = clip(net)
    return {"norm": encode(norm), "grads": [encode(p.grad) for p in net.parameters()]}


def fused(first, bn, shape, fuse):
    torch.manual_seed(2)
    layer, norm = first(), bn()
    norm.running_mean.uniform_(-1, 1)
    norm.running_var.uniform_(0.5, 2)
    x = draw(shape, torch.float32)
    both = fuse(layer.eval(), norm.eval())
    return {"out": encode(both(x)), "weight": encode(both.weight), "bias": encode(both.bias), "text": repr(both)}


def parametrized(make, parametrize, shape):
    torch.manual_seed(3)
    module = parametrize(make())
    x = draw(shape, torch.float32)
    out = {"text": repr(module), "state": {k: encode(v) for k, v in module.state_dict().items()}}
    y = module(x)
    (y * y.detach().sin()).sum().backward()
    out["out"] = encode(y)
    out["grads"] = {k: encode(p.grad) for k, p in module.named_parameters()}
    out["weight"] = encode(module.weight)
    with torch.no_grad():
        module.eval()
        out["evaluated"] = encode(module(x))
    return out


def utils():
    conv, linear = (lambda: nn.Conv2d(2, 3, 3)), (lambda: nn.Linear(4, 3))
    tall, square = (lambda: nn.Linear(3, 5)), (lambda: nn.Linear(4, 4))
    p = parametrizations
    return {
        "clip": {
            "norm": clipped(lambda net: nn.utils.clip_grad_norm_(net.parameters(), 0.5)),
            "ones": clipped(lambda net: nn.utils.clip_grad_norm_(net.parameters(), 0.5, norm_type=1)),
            "largest": clipped(lambda net: nn.utils.clip_grad_norm_(net.parameters(), 0.5, math.inf)),
            "large": clipped(lambda net: nn.utils.clip_grad_norm_(net.parameters(), 1000)),
            "value": clipped(lambda net: nn.utils.clip_grad_value_(net.parameters(), 0.1)),
            "known": clipped(lambda net: nn.utils.clip_grads_with_norm_(net.parameters(), 0.5, torch.tensor(2.0))),
        },
        "fuse": {
            "conv": fused(conv, lambda: nn.BatchNorm2d(3), "2x2x5x5", nn.utils.fuse_conv_bn_eval),
            "bare": fused(lambda: nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2, bias=False), lambda: nn.BatchNorm2d(4, affine=False), "2x2x5x5",
                          nn.utils.fuse_conv_bn_eval),
        },
        "parametrized": {
            "weightNorm": parametrized(linear, p.weight_norm, "2x4"),
            "weightNormDim": parametrized(conv, lambda m: p.weight_norm(m, dim=1), "1x2x4x4"),
            "weightNormAll": parametrized(linear, lambda m: p.weight_norm(m, dim=None), "2x4"),
            "spectralNorm": parametrized(linear, p.spectral_norm, "2x4"),
            "spectralNormConv": parametrized(conv, lambda m: p.spectral_norm(m, n_power_iterations=3, dim=1, eps=1e-6), "1x2x4x4"),
            "orthogonal": parametrized(square, p.orthogonal, "2x4"),
            "orthogonalTall": parametrized(tall, p.orthogonal, "2x3"),
            "orthogonalWide": parametrized(linear, lambda m: p.orthogonal(m, orthogonal_map="cayley"), "2x4"),
            "orthogonalExp": parametrized(linear, lambda m: p.orthogonal(m, orthogonal_map="matrix_exp"), "2x4"),
            "householder": parametrized(square, lambda m: p.orthogonal(m, orthogonal_map="householder", use_trivialization=False), "2x4"),
            "untrivial": parametrized(linear, lambda m: p.orthogonal(m, orthogonal_map="cayley", use_trivialization=False), "2x4"),
        },
    }
