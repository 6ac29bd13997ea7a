"""torch.optim.swa_utils: models that are trained some steps, and averaged after each."""

import torch
from torch import nn
from torch.optim import SGD, swa_utils

from .parity import draw, encode


def network():
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3))


def state(model):
    return {key: encode(value) for key, value in model.state_dict().items()}


def averaged(options, update=False):
    net = network()
    model = swa_utils.AveragedModel(net, **options)
    optimizer = SGD(net.parameters(), lr=0.5)
    batches = [draw("4x1x6x6", torch.float32) for _ in range(4)]
    for x in batches:
        optimizer.zero_grad()
        net(x).square().mean().backward()
        optimizer.step()
        model.update_parameters(net)
    if update:
        swa_utils.update_bn([[x, None] for x in batches], model)
    model.eval()
    return {"state": state(model), "out": encode(model(batches[0])), "momentum": model.module[1].momentum}


def averages():
    custom = lambda averaged, current, count: averaged * 0.25 + current * 0.75 + count * 0.001
    return {
        "mean": averaged({}),
        "mean of lists": averaged({"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()}),
        "mean with buffers": averaged({"use_buffers": True}),
        "moving": averaged({"avg_fn": swa_utils.get_ema_avg_fn(0.9)}),
        "moving of lists": averaged({"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.9)}),
        "moving of lists with buffers": averaged({"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(), "use_buffers": True}),
        "custom": averaged({"avg_fn": custom}),
        "updated": averaged({}, update=True),
    }
