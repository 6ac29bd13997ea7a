"""Records what real PyTorch computes, for the tests to compare with: python scripts/reference.py [PART …]

Needs torch 2.11.0 (pip install torch==2.11.0); "files" safetensors 0.8.0 and the package built, "metrics" scikit-learn, "images"
Pillow. Writes test/reference/PART.json for the parts named, or for all: see PARTS. "training" trains for some minutes on the real
data (Debian's dataset-fashion-mnist, or the folder in FASHION_MNIST).
"""

import gzip
import hashlib
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn
from torch.nn import functional as F

FOLDER = pathlib.Path(__file__).parent.parent / "test" / "reference"


def number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def encode_list(value, shortest=float):
    if isinstance(value, list):
        return [encode_list(each, shortest) for each in value]
    return number(shortest(value) if isinstance(value, float) else value)


def shortest_float32(value):
    """The shortest number that is this one as float32: half the digits of a float64."""
    return float(str(numpy.float32(value)))


def encode(value):
    """Tensors as objects; everything else as it is."""
    if isinstance(value, torch.Tensor):
        detached = value.detach()
        shortest = shortest_float32 if value.dtype == torch.float32 else float
        return {"tensor": encode_list(detached.tolist(), shortest), "dtype": str(value.dtype)[6:], "shape": list(value.shape)}
    if isinstance(value, (list, tuple)):
        return [encode(each) for each in value]
    if isinstance(value, dict):
        return {key: encode(each) for key, each in value.items()}
    return number(value)


def weights(shape):
    """A gradient that tells elements apart."""
    return torch.linspace(-1, 1, max(1, math.prod(shape))).reshape(shape)


def record_call(function, inputs):
    """Outputs, and gradients of the inputs that are floating-point."""
    leaves = [
        x.clone().requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in inputs
    ]
    result = function(*leaves)
    outputs = list(result) if isinstance(result, (list, tuple)) else [result]
    grads = None
    first = outputs[0]
    if isinstance(first, torch.Tensor) and first.requires_grad:
        (first * weights(first.shape).to(first.dtype)).sum().backward()
        grads = [encode(x.grad) if isinstance(x, torch.Tensor) and x.requires_grad else None for x in leaves]
    return {"outputs": encode(outputs), "grads": grads}


def operators():
    torch.manual_seed(1)
    a = torch.randn(2, 3, 4)
    b = torch.randn(3, 1)
    p = torch.rand(2, 3, 4) + 0.5
    m = torch.randn(3, 5)
    n = torch.randn(5, 2)
    i = torch.tensor([[3, -2, 7], [0, 5, -9]])
    special = torch.tensor([0.0, -0.0, math.inf, -math.inf, math.nan, 1.5])
    index = torch.tensor([2, 0, 0])
    cases = []

    def case(method, function, this, *args):
        inputs = [this] + [x for x in args if isinstance(x, torch.Tensor)]
        template = []
        for arg in args:
            template.append({"input": sum(x is not None for x in template if isinstance(x, dict) and "input" in x) + 1}
                            if isinstance(arg, torch.Tensor) else arg)
        recorded = record_call(function, inputs)
        cases.append({"method": method, "args": template, "inputs": encode(inputs), **recorded})

    for name in ("add", "sub", "mul", "div"):
        case(name, lambda x, y, name=name: getattr(x, name)(y), a, b)
        case(name, lambda x, name=name: getattr(x, name)(2.5), a, 2.5)
        case(name, lambda x, name=name: getattr(x, name)(2), i, 2)
        case(name, lambda x, y, name=name: getattr(x, name)(y), i, torch.tensor([1, 2, 3]))
    case("add", lambda x, y: x.add(y, alpha=3), a, b, {"alpha": 3})
    case("sub", lambda x, y: x.sub(y, alpha=0.5), a, b, {"alpha": 0.5})
    case("div", lambda x: x.div(2, rounding_mode="floor"), i, 2, {"roundingMode": "floor"})
    case("div", lambda x: x.div(2, rounding_mode="trunc"), i, 2, {"roundingMode": "trunc"})
    case("remainder", lambda x: x.remainder(4), i, 4)
    case("floorDivide", lambda x: x.floor_divide(4), i, 4)
    case("pow", lambda x: x.pow(3), a, 3)
    case("pow", lambda x, y: x.pow(y), p, torch.tensor([1.0, 2.0, 0.5, -1.0]))
    case("matmul", lambda x, y: x.matmul(y), m, n)
    case("matmul", lambda x, y: x.matmul(y), a, torch.randn(4, 2))
    case("mm", lambda x, y: x.mm(y), m, n)
    case("bmm", lambda x, y: x.bmm(y), a, torch.randn(2, 4, 3))
    case("dot", lambda x, y: x.dot(y), m[0], m[1])
    case("maximum", lambda x, y: x.maximum(y), m, m.flip(0))
    case("minimum", lambda x, y: x.minimum(y), m, m.flip(0))
    for name in "abs neg exp sqrt square sin cos tan tanh sigmoid relu erf expm1".split():
        case(name, lambda x, name=name: getattr(x, name)(), p if name == "sqrt" else a)
    for name in "log log2 log10 log1p rsqrt reciprocal".split():
        case(name, lambda x, name=name: getattr(x, name)(), p)
    for name in "floor ceil round trunc frac sign".split():
        case(name, lambda x, name=name: getattr(x, name)(), a * 3)
    for name in "abs neg exp sqrt sigmoid relu floor".split():
        case(name, lambda x, name=name: getattr(x, name)(), special)
    case("softmax", lambda x: x.softmax(1), a, 1)
    case("logSoftmax", lambda x: x.log_softmax(-1), a, -1)
    case("clamp", lambda x: x.clamp(-0.5, 0.5), a, {"min": -0.5, "max": 0.5})
    case("clamp", lambda x: x.clamp(min=0), a, {"min": 0})
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        case(name, lambda x, y, name=name: getattr(x, name)(y), i, torch.tensor([3, 5, -9]))
        case(name, lambda x, name=name: getattr(x, name)(0.25), a, 0.25)
    for name in ("isnan", "isinf", "isfinite"):
        case(name, lambda x, name=name: getattr(x, name)(), special)
    case("logicalNot", lambda x: x.logical_not(), i)
    case("logicalAnd", lambda x, y: x.logical_and(y), i, i.flip(1))
    case("logicalOr", lambda x, y: x.logical_or(y), i, i.flip(1))
    case("logicalXor", lambda x, y: x.logical_xor(y), i, i.flip(1))
    for name in ("sum", "mean", "prod", "var", "std", "max", "min", "norm"):
        case(name, lambda x, name=name: getattr(x, name)(), p)
    for name in ("sum", "prod", "any", "all", "max", "argmax"):
        case(name, lambda x, name=name: getattr(x, name)(), i)
    for name in ("sum", "mean", "prod", "var", "std", "max", "min", "argmax", "argmin", "logsumexp"):
        case(name, lambda x, name=name: getattr(x, name)(dim=1, keepdim=True), p, {"dim": 1, "keepdim": True})
    case("sum", lambda x: x.sum(dim=(0, 2)), a, {"dim": [0, 2]})
    case("mean", lambda x: x.mean(dim=(0, 2)), a, {"dim": [0, 2]})
    case("norm", lambda x: x.norm(p=1, dim=2), a, {"p": 1, "dim": 2})
    case("var", lambda x: x.var(dim=0, correction=0), a, {"dim": 0, "correction": 0})
    case("any", lambda x: x.any(dim=1), i, {"dim": 1})
    case("all", lambda x: x.all(dim=1), i, {"dim": 1})
    case("cumsum", lambda x: x.cumsum(1), a, 1)
    case("sort", lambda x: x.sort(dim=-1, descending=True), a, {"dim": -1, "descending": True})
    case("topk", lambda x: x.topk(2, dim=1), a, 2, {"dim": 1})
    case("view", lambda x: x.view(6, -1), a, 6, -1)
    case("reshape", lambda x: x.reshape(4, 6), a, [4, 6])
    case("permute", lambda x: x.permute(2, 0, 1), a, 2, 0, 1)
    case("transpose", lambda x: x.transpose(0, 2), a, 0, 2)
    case("t", lambda x: x.t(), m)
    case("squeeze", lambda x: x.squeeze(), b)
    case("squeeze", lambda x: x.squeeze(1), b, 1)
    case("unsqueeze", lambda x: x.unsqueeze(-1), m, -1)
    case("flatten", lambda x: x.flatten(1), a, 1)
    case("expand", lambda x: x.expand(3, 4), b, 3, 4)
    case("broadcastTo", lambda x: x.broadcast_to(2, 3, 4), b, [2, 3, 4])
    case("repeat", lambda x: x.repeat(2, 2), b, 2, 2)
    case("flip", lambda x: x.flip(0, 2), a, 0, 2)
    case("roll", lambda x: x.roll(1, 1), a, 1, 1)
    case("split", lambda x: x.split(2, 2), a, 2, 2)
    case("chunk", lambda x: x.chunk(3, 1), a, 3, 1)
    case("unbind", lambda x: x.unbind(0), a, 0)
    case("select", lambda x: x.select(1, 2), a, 1, 2)
    case("narrow", lambda x: x.narrow(2, 1, 2), a, 2, 1, 2)
    case("slice", lambda x: x[:, 0:3:2], a, 1, 0, 3, 2)
    case("at", lambda x: x[1, 0:2], a, 1, {"start": 0, "end": 2})
    case("at", lambda x: x[..., None, -1], a, "...", None, -1)
    case("at", lambda x, y: x[:, y], a, ":", index)
    case("indexSelect", lambda x, y: x.index_select(1, y), a, 1, index)
    case("gather", lambda x, y: x.gather(1, y), m, 1, torch.tensor([[4, 0], [1, 1], [2, 3]]))
    case("scatter", lambda x, y, z: x.scatter(1, y, z), m, 1, torch.tensor([[4, 0], [1, 2], [2, 3]]), torch.ones(3, 2))
    case("maskedSelect", lambda x, y: x.masked_select(y), m, m > 0)
    case("maskedFill", lambda x, y: x.masked_fill(y, 7.0), m, m > 0, 7)
    case("where", lambda x, y, z: x.where(y, z), m, m > 0, -m)
    case("nonzero", lambda x: x.nonzero(), i)
    case("clone", lambda x: x.clone(), m)
    case("contiguous", lambda x: x.contiguous(), m.t())
    for dtype in ("float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"):
        case("to", lambda x, dtype=dtype: x.to(getattr(torch, dtype)), torch.tensor([0.0, 1.75, 200.0]), dtype)
    case("add", lambda x, y: x.add(y), torch.tensor([1, 2], dtype=torch.uint8), torch.tensor([1.5, 2.5]))
    case("mul", lambda x, y: x.mul(y), torch.tensor([True, False]), torch.tensor([3, 4], dtype=torch.int32))
    return cases


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


def layers():
    torch.manual_seed(2)
    x = torch.randn(2, 4, 6, 6)
    scores = torch.randn(5, 3)
    labels = torch.tensor([0, 2, 1, -100, 2])
    w = torch.tensor([0.5, 1.0, 2.0])
    out = []

    def case(layer, args, module, *inputs):
        state = {key: encode(value.clone()) for key, value in module.state_dict().items()}
        recorded = record_call(lambda *given: module(*given), inputs)
        params = {name: encode(p.grad) for name, p in module.named_parameters()}
        after = {key: encode(value) for key, value in module.state_dict().items()}
        out.append({"layer": layer, "args": encode(args), "state": state, "inputs": encode(list(inputs)),
                    "paramGrads": params, "after": after, **recorded})

    case("Conv2d", [4, 6, 3], nn.Conv2d(4, 6, 3), x)
    case("Conv2d", [4, 6, [3, 5], {"stride": 2, "padding": [1, 2]}], nn.Conv2d(4, 6, (3, 5), stride=2, padding=(1, 2)), x)
    case("Conv2d", [4, 6, 3, {"padding": "same", "dilation": 2, "groups": 2, "bias": False}],
         nn.Conv2d(4, 6, 3, padding="same", dilation=2, groups=2, bias=False), x)
    case("Linear", [6, 3], nn.Linear(6, 3), x)
    case("Linear", [6, 3, {"bias": False}], nn.Linear(6, 3, bias=False), x)
    case("MaxPool2d", [2], nn.MaxPool2d(2), x)
    case("MaxPool2d", [3, 2, {"padding": 1, "ceilMode": True}], nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), x)
    case("AvgPool2d", [2, 2], nn.AvgPool2d(2, 2), x)
    case("AvgPool2d", [3, 2, {"padding": 1, "countIncludePad": False}],
         nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), x)
    case("Flatten", [], nn.Flatten(), x)
    case("Flatten", [2], nn.Flatten(2), x)
    case("Sigmoid", [], nn.Sigmoid(), x)
    case("ReLU", [], nn.ReLU(), x)
    case("Tanh", [], nn.Tanh(), x)
    case("Softmax", [1], nn.Softmax(1), x)
    case("LogSoftmax", [-1], nn.LogSoftmax(-1), x)
    case("Identity", [], nn.Identity(), x)
    case("Dropout", [0], nn.Dropout(0), x)
    case("BatchNorm2d", [4], nn.BatchNorm2d(4), x)
    case("BatchNorm2d", [4, {"momentum": None, "affine": False}], nn.BatchNorm2d(4, momentum=None, affine=False), x)
    case("BatchNorm2d", [4, {"eps": 0.01, "trackRunningStats": False}],
         nn.BatchNorm2d(4, eps=0.01, track_running_stats=False), x)
    for reduction in ("mean", "sum", "none"):
        case("CrossEntropyLoss", [{"reduction": reduction}], nn.CrossEntropyLoss(reduction=reduction), scores, labels)
        case("MSELoss", [{"reduction": reduction}], nn.MSELoss(reduction=reduction), scores, scores.flip(0))
        case("NLLLoss", [{"reduction": reduction}], nn.NLLLoss(reduction=reduction), scores.log_softmax(1), labels)
    case("CrossEntropyLoss", [{"labelSmoothing": 0.1}], nn.CrossEntropyLoss(label_smoothing=0.1), scores, labels)
    case("CrossEntropyLoss", [{"ignoreIndex": 2}], nn.CrossEntropyLoss(ignore_index=2), scores, torch.tensor([0, 2, 1, 1, 2]))
    case("CrossEntropyLoss", [{"weight": w}], nn.CrossEntropyLoss(weight=w), scores, labels)
    case("CrossEntropyLoss", [], nn.CrossEntropyLoss(), scores, torch.rand(5, 3).softmax(1))
    case("NLLLoss", [{"weight": w}], nn.NLLLoss(weight=w), scores.log_softmax(1), labels)

    table = [[0, 2], [3], [], [2, 0, 1, 3], [1, 3]]
    case("PartialConv2d", [4, table, 3], PartialConv2d(4, table, 3), x)
    case("PartialConv2d", [4, table, [2, 3], {"stride": [1, 2], "padding": 1, "bias": False}],
         PartialConv2d(4, table, (2, 3), stride=(1, 2), padding=1, bias=False), x)
    case("TrainableSubsampling", [4], TrainableSubsampling(4, (2, 2), "sigmoid"), x)
    case("TrainableSubsampling", [4, 2, {"squash": "tanh"}], TrainableSubsampling(4, (2, 2), "tanh"), x)
    case("TrainableSubsampling", [4, [4, 1], {"squash": "none"}], TrainableSubsampling(4, (4, 1), "none"), x)
    case("EuclideanRBF", [6, 3], EuclideanRBF(6, 3), x)
    case("EuclideanRBF", [6, 3, {"trainable": True}], EuclideanRBF(6, 3, trainable=True), x)
    penalties, classes = torch.rand(5, 3) * 4, torch.tensor([0, 2, 1, 1, 2])
    for reduction in ("mean", "sum", "none"):
        for criterion, j in (("penalty", 1), ("discriminative", 1.5)):
            case("EuclideanRBFLoss", [{"criterion": criterion, "j": j, "reduction": reduction}],
                 EuclideanRBFLoss(criterion, j, reduction), penalties, classes)
    return out


def optimizers():
    torch.manual_seed(3)
    start = [torch.randn(4, 3), torch.randn(3)]
    grads = [[torch.randn(4, 3), torch.randn(3)] for _ in range(6)]
    options = [
        ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weightDecay": 0.01}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}), ("SGD", {"lr": 0.1, "maximize": True}),
        ("Adam", {}), ("Adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-6, "weightDecay": 0.1}),
        ("Adam", {"lr": 0.01, "amsgrad": True}), ("Adam", {"lr": 0.01, "maximize": True}),
        ("AdamW", {}), ("AdamW", {"lr": 0.01, "weightDecay": 0.1, "amsgrad": True}),
        ("SGD", {"lr": 0.1, "momentum": 0.5, "nesterov": True, "weightDecay": 0.1, "maximize": True}),
        ("Adam", {"lr": 0.01, "weightDecay": 0.1, "amsgrad": True, "maximize": True}),
        ("AdamW", {"lr": 0.01, "betas": [0.5, 0.9], "maximize": True}), ("Adam", {"lr": 0}),
    ]
    cases = []
    for name, given in options:
        params = [p.clone().requires_grad_() for p in start]
        python = {{"weightDecay": "weight_decay"}.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        optimizer = getattr(torch.optim, name)(params, **python)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
        steps, rates = [], []
        for step in grads:
            for p, g in zip(params, step):
                p.grad = g.clone()
            optimizer.step()
            scheduler.step()
            rates.append(scheduler.get_last_lr()[0])
            steps.append(encode([p.detach().clone() for p in params]))
        cases.append({"optimizer": name, "options": given, "steps": steps, "rates": rates})
    return {"start": encode(start), "grads": encode(grads), "cases": cases}


def groups():
    """Groups with options of their own, one added late, one in float64, gradients missing now and then."""
    cases = []
    for name, common in (("SGD", {"lr": 0.1, "momentum": 0.9}), ("Adam", {"lr": 0.01}), ("AdamW", {"lr": 0.01})):
        torch.manual_seed(7)
        start = [torch.randn(3), torch.randn(2, 2), torch.randn(2, dtype=torch.float64), torch.randn(4)]
        params = [p.clone().requires_grad_() for p in start]
        optimizer = getattr(torch.optim, name)(
            [{"params": [params[0]]}, {"params": [params[1], params[2]], "lr": 0.5, "weight_decay": 0.1}], **common)
        grads, steps = [], []
        for step in range(5):
            if step == 2:
                optimizer.add_param_group({"params": [params[3]], "lr": 0.2})
            given = [None if (step + i) % 4 == 3 else torch.randn(p.shape, dtype=p.dtype) for i, p in enumerate(params)]
            for p, g in zip(params, given):
                p.grad = None if g is None else g.clone()
            optimizer.step()
            grads.append([None if g is None else encode(g) for g in given])
            steps.append(encode([p.detach().clone() for p in params]))
        saved = optimizer.state_dict()
        cases.append({"optimizer": name, "options": common, "start": encode(start), "grads": grads, "steps": steps,
                      "numbers": [group["params"] for group in saved["param_groups"]],
                      "stateKeys": {str(k): sorted(v) for k, v in saved["state"].items()}})
    return cases


def initial():
    """nn.init, one call per line; the default generator is seeded anew before each."""
    init = nn.init
    calls = [
        ("uniform_", [], {}), ("uniform_", [-2, 3], {}), ("normal_", [], {}), ("normal_", [1, 0.5], {}), ("constant_", [0.25], {}),
        ("ones_", [], {}), ("zeros_", [], {}), ("eye_", [], {}),
        ("xavier_uniform_", [], {}), ("xavier_uniform_", [], {"gain": 2.5}), ("xavier_normal_", [], {}),
        ("kaiming_uniform_", [], {}), ("kaiming_uniform_", [], {"a": 0.3, "mode": "fan_out"}),
        ("kaiming_uniform_", [], {"nonlinearity": "relu"}), ("kaiming_normal_", [], {}),
        ("kaiming_normal_", [], {"mode": "fan_out", "nonlinearity": "tanh"}),
    ]
    result = {"calls": [], "gains": {}}
    for name, args, options in calls:
        for shape in ((5, 7),) if name == "eye_" else ((5, 7), (2, 3, 2, 2)):
            torch.manual_seed(5)
            value = getattr(init, name)(torch.empty(shape), *args, **options)
            result["calls"].append({"name": name, "args": args, "options": options, "value": encode(value)})
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        result["gains"][name] = init.calculate_gain(name)
    result["slope"] = init.calculate_gain("leaky_relu", 0.2)
    for name, layer in (("Linear", lambda: nn.Linear(6, 4)), ("Conv2d", lambda: nn.Conv2d(4, 6, (3, 2), groups=2))):
        torch.manual_seed(5)
        result[name] = [encode(p) for p in layer().parameters()]
    return result


def functions():
    """nn.functional where no layer of its own leads there."""
    torch.manual_seed(8)
    x = torch.randn(2, 3, 4, 4)
    cases = []

    def case(name, args, function, *inputs):
        cases.append({"function": name, "args": args, "inputs": encode(list(inputs)), **record_call(function, inputs)})

    for mode in ("constant", "reflect", "replicate", "circular"):
        case("pad", [[1, 2, 0, 1], {"mode": mode}], lambda x, mode=mode: F.pad(x, (1, 2, 0, 1), mode=mode), x)
    case("pad", [[1, -1], {"value": 2.5}], lambda x: F.pad(x, (1, -1), value=2.5), x)
    case("oneHot", [], lambda x: F.one_hot(x), torch.tensor([0, 2, 1]))
    case("oneHot", [4], lambda x: F.one_hot(x, 4), torch.tensor([[0], [3]]))
    case("avgPool2d", [3, 2, {"ceilMode": True, "divisorOverride": 2}],
         lambda x: F.avg_pool2d(x, 3, 2, ceil_mode=True, divisor_override=2), x)
    case("maxPool2d", [[2, 1], [1, 2], {"dilation": [2, 1]}], lambda x: F.max_pool2d(x, (2, 1), (1, 2), dilation=(2, 1)), x)
    case("softmax", [-1], lambda x: F.softmax(x, -1), x)
    case("logSoftmax", [0], lambda x: F.log_softmax(x, 0), x)
    case("relu", [], F.relu, x)
    case("tanh", [], torch.tanh, x)
    case("sigmoid", [], torch.sigmoid, x)
    case("dropout", [0.5, {"training": False}], lambda x: F.dropout(x, 0.5, False), x)
    case("dropout", [1], lambda x: F.dropout(x, 1.0), x)
    case("batchNorm", [None, None, {"training": True, "eps": 0.01}],
         lambda x: F.batch_norm(x, None, None, training=True, eps=0.01), x)
    scores, target = torch.randn(2, 3, 2), torch.tensor([[0, 2], [1, 1]])
    case("crossEntropy", [{"input": 1}], lambda x, y: F.cross_entropy(x, y), scores, target)
    case("crossEntropy", [{"input": 1}, {"labelSmoothing": 0.2, "reduction": "sum"}],
         lambda x, y: F.cross_entropy(x, y, label_smoothing=0.2, reduction="sum"), scores, target)
    case("crossEntropy", [{"input": 1}], lambda x, y: F.cross_entropy(x, y), torch.randn(3), torch.tensor(2))
    case("nllLoss", [{"input": 1}, {"ignoreIndex": 1}], lambda x, y: F.nll_loss(x, y, ignore_index=1), scores, target)
    case("mseLoss", [{"input": 1}], lambda x, y: F.mse_loss(x, y), x, torch.randn(2, 3, 4, 4))
    case("linear", [{"input": 1}], lambda x, w: F.linear(x, w), torch.randn(5, 4), torch.randn(2, 4))
    case("conv2d", [{"input": 1}, {"input": 2}, {"padding": "valid", "stride": [2, 1]}],
         lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding="valid"), x, torch.randn(2, 3, 2, 2), torch.randn(2))
    torch.manual_seed(6)
    dropped = F.dropout(torch.ones(64), 0.3)
    return {"cases": cases, "dropout": encode(dropped)}


class Parts(nn.Module):
    """Every kind of member: shared modules, shared parameters, buffers that are saved and that are not."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("mask", torch.zeros(3))
        self.register_buffer("scratch", torch.zeros(1), persistent=False)
        self.norm = nn.BatchNorm2d(2)
        shared = nn.Linear(2, 2)
        self.blocks = nn.ModuleList([shared, nn.Linear(2, 2, bias=False), shared])
        self.head = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Linear(2, 2), nn.Dropout()))
        self.head[1][0].weight = self.blocks[1].weight
        self.absent = None


def states():
    net = Parts()
    result = {
        "repr": str(net), "keys": list(net.state_dict()),
        "parameters": [name for name, _ in net.named_parameters()], "buffers": [name for name, _ in net.named_buffers()],
        "modules": [name for name, _ in net.named_modules()], "children": [name for name, _ in net.named_children()],
        "ownParameters": [name for name, _ in net.named_parameters(recurse=False)],
    }
    visited = []
    net.apply(lambda module: visited.append(type(module).__name__))
    result["applied"] = visited

    def failure(change):
        state = dict(net.state_dict())
        change(state)
        try:
            net.load_state_dict(state)
        except RuntimeError as error:
            return str(error)

    def several(state):
        del state["scale"], state["blocks.0.bias"], state["norm.running_mean"]
        state["head.1.0.extra"] = torch.zeros(1)
        state["other.weight"] = torch.zeros(1)
        state["extra"] = torch.zeros(1)
        state["mask"] = torch.zeros(4)
        state["head.1.0.weight"] = torch.zeros(2, 3)

    result["failures"] = {
        "missing": failure(lambda state: state.pop("mask")),
        "unexpected": failure(lambda state: state.update({"a.b": torch.zeros(1), "c": torch.zeros(1)})),
        "size": failure(lambda state: state.update({"scale": torch.zeros(3)})),
        "several": failure(several),
    }
    # In these two words a parameter prints.
    result["parameter"] = repr(nn.Parameter(torch.tensor([1.0, 2.0])))
    return result


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


# Table I of LeCun and others, 1998: a row per map of S2, a column per map of C3.
C3_TABLE = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""


def squashed(sums, kind):
    return 1 / (1 + torch.exp(-sums)) if kind == "sigmoid" else 1.7159 * torch.tanh(2 * sums / 3)


def subsampled(maps, weight, bias, kind):
    """Window by window, as the paper says it: add four, multiply, add, squash."""
    four = maps[:, :, 0::2, 0::2] + maps[:, :, 1::2, 0::2] + maps[:, :, 0::2, 1::2] + maps[:, :, 1::2, 1::2]
    return squashed(torch.stack([four[:, c] * weight[c] + bias[c] for c in range(len(weight))], 1), kind)


def lenet5_outputs(p, images, kind):
    table = [[mark == "X" for mark in row.split()] for row in C3_TABLE.strip().splitlines()]
    c1 = squashed(F.conv2d(images, p["C1.weight"], p["C1.bias"]), kind)
    s2 = subsampled(c1, p["S2.weight"], p["S2.bias"], kind)
    maps = []
    for out in range(16):
        # Stored kernels stand in the order in which a row of the table is walked around from its first map.
        inputs = [i for i in range(6) if table[i][out]]
        start = out % 6 if out < 12 else 0
        inputs.sort(key=lambda i: (i - start) % 6)
        first = sum(table[i][o] for o in range(out) for i in range(6))
        total = sum(F.conv2d(s2[:, i : i + 1], p["C3.weight"][first + n][None, None]) for n, i in enumerate(inputs))
        maps.append(total + p["C3.bias"][out])
    s4 = subsampled(squashed(torch.cat(maps, 1), kind), p["S4.weight"], p["S4.bias"], kind)
    c5 = squashed(torch.einsum("nchw,kchw->nk", s4, p["C5.weight"]) + p["C5.bias"], kind)
    f6 = squashed(c5 @ p["F6.weight"].T + p["F6.bias"], kind)
    return torch.stack([((f6 - center) ** 2).sum(1) for center in p["OUTPUT.weight"]], 1)


def rbf_losses(outputs, labels, criterion, j):
    losses = []
    for penalties, label in zip(outputs, labels):
        loss = penalties[label]
        if criterion == "discriminative":
            loss = loss + torch.log(math.exp(-j) + torch.exp(-penalties).sum())
        losses.append(loss)
    return torch.stack(losses)


def lenet5():
    """In float64, so that only the other side rounds; long gradients by every 97th element and their norm."""
    shapes = {"C1.weight": (6, 1, 5, 5), "C1.bias": (6,), "S2.weight": (6,), "S2.bias": (6,),
              "C3.weight": (60, 5, 5), "C3.bias": (16,), "S4.weight": (16,), "S4.bias": (16,),
              "C5.weight": (120, 16, 5, 5), "C5.bias": (120,), "F6.weight": (84, 120), "F6.bias": (84,),
              "OUTPUT.weight": (10, 84)}
    bounds = {"C1": 2.4 / 25, "S2": 0.6, "C3": 2.4 / 100, "S4": 0.6, "C5": 2.4 / 400, "F6": 2.4 / 120, "OUTPUT": 1}
    labels = torch.tensor([3, 0, 9])
    cases = []
    # Constants among the penalties: smaller ones would leave nothing of the competition.
    for kind, j in (("sigmoid", 50), ("tanh", 25)):
        for criterion in ("penalty", "discriminative"):
            # Both sides draw the same numbers, float32: images first, then the parameters in this order.
            torch.manual_seed(11)
            images = torch.empty(3, 1, 32, 32).uniform_(-0.1, 1.175).double().requires_grad_()
            p = {name: torch.empty(shape).uniform_(-bounds[name[:name.index(".")]], bounds[name[:name.index(".")]])
                 .double().requires_grad_() for name, shape in shapes.items()}
            outputs = lenet5_outputs(p, images, kind)
            loss = rbf_losses(outputs, labels, criterion, j).mean()
            loss.backward()
            grads = {name: {"norm": t.grad.norm().item(), "part": encode(t.grad.float().flatten()[:: 97 if t.numel() > 2000 else 1])}
                     for name, t in {**p, "images": images}.items()}
            cases.append({"squash": kind, "criterion": criterion, "j": j, "outputs": encode(outputs.float()), "loss": loss.item(), "grads": grads})
    return {"bounds": bounds, "labels": labels.tolist(), "cases": cases}


class Range(torch.utils.data.Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return index


def order():
    """Three epochs as the chapter iterates: the training loader, then the test loader."""
    result = []
    for count, batch, with_generator in ((10, 4, False), (60000, 256, False), (10, 3, True)):
        torch.manual_seed(0)
        generator = torch.Generator().manual_seed(7) if with_generator else None
        train = torch.utils.data.DataLoader(Range(count), batch, shuffle=True, generator=generator)
        test = torch.utils.data.DataLoader(Range(5), 2)
        epochs = []
        for _ in range(3):
            seen = [index for b in train for index in b.tolist()]
            epochs.append(seen[:20])
            for _ in test:
                pass
        result.append({"count": count, "batch": batch, "generator": with_generator, "epochs": epochs,
                       "after": torch.rand(2).tolist()})
    return result


def text():
    torch.manual_seed(4)
    g = torch.randn(2, 3, requires_grad=True)
    tensors = [
        torch.tensor(3.5), torch.tensor(7), torch.tensor(True), torch.zeros(0), torch.zeros(2, 0), torch.tensor([1.0, 2.0]),
        torch.tensor([1.5, -2.25]), torch.tensor([1e-5, 1.0]), torch.tensor([1e9, 1.0]), torch.tensor([0.03125, 0.5]),
        torch.tensor([math.nan, math.inf, -math.inf, 1.0]), torch.tensor([math.nan, 1.5]), torch.tensor([-0.0, 0.0]),
        torch.tensor([[1, -20], [300, 4]]), torch.tensor([True, False]), torch.randn(3, 4), torch.randn(2, 2, 3),
        torch.randn(2000), torch.randn(40, 40), torch.arange(1001), torch.randn(7, 7, 30), torch.arange(30),
        torch.randn(30), torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([1.5], dtype=torch.float16),
        torch.tensor([1], dtype=torch.uint8), torch.tensor([1, 2], dtype=torch.int32), torch.tensor([2.5], dtype=torch.bfloat16),
        torch.zeros(0, dtype=torch.int64), torch.tensor([123456.789, 0.5]), torch.tensor([999.5, 0.25]),
    ]
    cases = [{"value": encode(t), "repr": repr(t)} for t in tensors]
    graph = [{"expression": "leaf", "repr": repr(g)}, {"expression": "mul", "repr": repr(g * 2)},
             {"expression": "sum", "repr": repr(g.sum())}]
    modules = [str(m) for m in (
        nn.Conv2d(1, 6, (3, 5), stride=2, padding=1, dilation=2, bias=False), nn.Linear(3, 2, bias=False),
        nn.BatchNorm2d(4), nn.Dropout(0.25), nn.Flatten(), nn.Softmax(1), nn.LogSoftmax(1), nn.MaxPool2d(3, 2, padding=1),
        nn.AvgPool2d(2), nn.CrossEntropyLoss(), nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU()]), nn.Identity())]
    parts = [
        torch.tensor([[1.0, 2.0], [3.0, -1.0]]), torch.tensor(1.5).repeat(2), torch.zeros(0, 2), torch.rand(30, 2),
        torch.tensor([[[0.5, 1e-5], [-1, -2]], [[math.nan, 0], [0, math.inf]]]), torch.rand(1200, 2),
        torch.tensor([[0.5, 0.25]], dtype=torch.float64),
    ]
    numbers = [{"parts": encode(t), "repr": repr(torch.view_as_complex(t))} for t in parts]
    return {"tensors": cases, "leaf": encode(g), "graph": graph, "modules": modules, "complex": numbers}


def exactly(value):
    """Tensors as bytes; everything else as it is, with a name where JSON has no word for it."""
    if isinstance(value, torch.Tensor):
        plain = value.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
        digits = bytes(plain.view(torch.uint8).tolist()).hex() if value.numel() else ""
        return {"bytes": digits, "dtype": str(value.dtype)[6:], "shape": list(value.shape), "grad": value.requires_grad}
    if isinstance(value, tuple):
        return {"tuple": [exactly(each) for each in value]}
    if isinstance(value, list):
        return [exactly(each) for each in value]
    if isinstance(value, dict):
        return {"dict": [[key, exactly(each)] for key, each in value.items()]}
    if isinstance(value, (bytes, bytearray)):
        return {"uint8": list(value)}
    if isinstance(value, set):
        return {"set": sorted(value)}
    if isinstance(value, int) and abs(value) >= 2**53:
        return {"bigint": str(value)}
    return str(value)[6:] if isinstance(value, torch.dtype) else str(value) if isinstance(value, torch.device) else number(value)


def every_dtype():
    names = """bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float16 bfloat16 float32 float64 complex64
        float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz""".split()
    source = torch.tensor([[0, 1, 2.5], [3, 100, 7]])
    return {name: source.to(getattr(torch, name)) for name in names}


class Unknown:
    pass


class Malicious:
    def __reduce__(self):
        return (os.system, ("touch executed",))


def files():
    from safetensors.torch import load_file, save_file

    torch.manual_seed(5)
    folder = FOLDER / "files"
    folder.mkdir(exist_ok=True)
    tensors = {**every_dtype(), "scalar": torch.tensor(3.5), "empty": torch.zeros(0, 4), 'λ "\n': torch.tensor([1, -2])}
    save_file(tensors, folder / "tensors.safetensors", metadata={"made by": "safetensors \"0.8\""})
    save_file({}, folder / "none.safetensors")

    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    net(torch.rand(4, 2)).sum().backward()
    optimizer.step()
    base = torch.arange(10.0)
    attributed = torch.ones(2)
    attributed.note = "left out"
    z = torch.tensor([1 + 2j, 3 - 1j])
    saved = {
        "tensor": torch.randn(2, 3),
        "state": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "dtypes": {**every_dtype(), "complex128": z.to(torch.complex128), "e8m0": torch.ones(2).to(torch.float8_e8m0fnu)},
        "views": [base[2:5], base[::2], base.reshape(2, 5).t(), base, torch.ones(1).expand(3), base[10:], z.conj(), z.clone().conj().imag],
        "nested": {"numbers": [0, -1, 255, 256, 65536, 2**31, -(2**31) - 1, 2**53 - 1, 2**53, 2**70, -(2**70), 1.5, -0.0, 1e300],
                   "none": None, "yes": True, "text": "λ😀", "bytes": b"ab\xff", "bytearray": bytearray(b"x"), "tuple": (1, (), (2, [3])),
                   "set": {1, 2}, "size": torch.Size([2, 3]), "device": torch.device("cuda:1"), "dtype": torch.bfloat16,
                   "parameter": nn.Parameter(torch.zeros(2)), "attributed": attributed, "leaf": torch.ones(1, requires_grad=True),
                   "empty": [[], {}, torch.zeros(0, 3), torch.tensor(7)]},
        "keys": {1: "one", "two": 2, None: 3, "__proto__": 4},
    }
    for name, value in saved.items():
        torch.save(value, folder / f"{name}.pt")
    torch.save({"a": torch.ones(1), "b": Unknown()}, folder / "class.pt")
    torch.save([Malicious()], folder / "function.pt")
    torch.save(torch.ones(1), folder / "old.pt", _use_new_zipfile_serialization=False)

    with tempfile.TemporaryDirectory() as made:
        subprocess.run(["node", FOLDER.parent / "io" / "save.child.mjs", made], check=True)
        paths = sorted(pathlib.Path(made).iterdir())
        written = {
            path.name: {
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "value": exactly(load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)),
            }
            for path in paths
        }
    return {"tensors": exactly(tensors), "saved": exactly(saved), "written": written}


def metrics():
    from sklearn.metrics import classification_report, confusion_matrix

    def case(labels, predictions, classes):
        labels, predictions, names = labels.tolist(), predictions.tolist(), list(range(classes))
        report = classification_report(
            labels, predictions, labels=names, target_names=[str(name) for name in names], output_dict=True, zero_division=0
        )
        # With labels given, sklearn calls the accuracy "micro avg" where some class was never met.
        accuracy = report.get("accuracy", report.get("micro avg", {}).get("precision"))
        return {
            "labels": labels, "predictions": predictions, "classes": classes, "accuracy": accuracy,
            "matrix": confusion_matrix(labels, predictions, labels=names).tolist(),
            "perClass": [report[str(name)] for name in names],
            "macro": report["macro avg"], "weighted": report["weighted avg"],
        }

    torch.manual_seed(0)
    noisy = torch.randint(0, 10, (200,))
    return [
        case(noisy, torch.where(torch.rand(200) < 0.7, noisy, torch.randint(0, 10, (200,))), 10),
        case(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 0, 0, 0]), 4),
        case(torch.tensor([2, 2, 2]), torch.tensor([0, 1, 0]), 3),
        case(torch.arange(5), torch.arange(5), 5),
    ]


def prepared(image):
    """The steps that lib/data/images/prepare.ts documents, by Pillow."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode == "I;16":
        image = Image.fromarray(numpy.round(numpy.asarray(image) / 257).astype(numpy.uint8))
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    grey = image.convert("RGB").convert("L") if image.mode == "CMYK" else image.convert("L")
    pixels = numpy.asarray(grey)
    inside = numpy.zeros_like(pixels, bool)
    inside[1:-1, 1:-1] = True
    if (pixels[~inside] > 127).mean() > 0.5:
        grey = ImageOps.invert(grey)
    return ImageOps.pad(grey, (28, 28), Image.Resampling.BILINEAR, color=0)


def png16(pixels):
    """A PNG of 16 bits per channel, which Pillow does not write: uint16 (H, W, 3)."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def images():
    """Files as Pillow writes them, and the 28×28 pixels that it makes of them."""
    import base64
    import io

    from PIL import Image

    def picture(height, width, background):
        """A disc with soft shades on a plain background; no symmetry."""
        y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float64)
        disc = ((y / height - 0.45) / 0.4) ** 2 + ((x / width - 0.55) / 0.3) ** 2 < 1
        shade = numpy.stack([40 + 200 * x / width, 30 + 150 * y / height, 220 - 180 * x * y / (width * height)], -1)
        return numpy.where(disc[..., None], shade, background).astype(numpy.uint8)

    result = []

    def case(name, image, extension="png", **options):
        data = image
        if not isinstance(image, bytes):
            file = io.BytesIO()
            image.save(file, extension, **options)
            data = file.getvalue()
        pixels = prepared(Image.open(io.BytesIO(data))).tobytes()
        encoded = {"file": base64.b64encode(data).decode(), "pixels": base64.b64encode(pixels).decode()}
        result.append({"name": f"{name}.{extension}", **encoded})

    color = Image.fromarray(picture(40, 60, 10))
    light = Image.fromarray(picture(50, 34, 240))
    alpha = Image.fromarray((numpy.mgrid[0:40, 0:60][1] * 4.3).astype(numpy.uint8))
    transparent = color.copy()
    transparent.putalpha(alpha)
    grey = color.convert("L")
    grey_alpha = grey.copy()
    grey_alpha.putalpha(alpha)
    case("rgb", color)
    case("light", light)
    case("rgba", transparent)
    case("grey", grey)
    case("grey-alpha", grey_alpha)
    case("grey-transparent-value", grey, transparency=10)
    case("bits", grey.point(lambda value: 255 * (value > 90)).convert("1"))
    case("palette", color.quantize(12))
    case("palette-transparent", color.quantize(16), transparency=bytes([0, 128, 200] + [255] * 13))
    case("grey16", Image.fromarray((picture(40, 60, 10)[..., 0] * 250.7).astype(numpy.uint16)))
    case("rgb16", png16((picture(40, 60, 10) * 250.7).astype(numpy.uint16)))
    case("as-it-is", Image.fromarray(picture(28, 28, 0)[..., 1]))
    for height, width in ((1, 1), (1, 40), (300, 7), (7, 5), (12, 56), (25, 28), (410, 300)):
        case(f"{width}x{height}", Image.fromarray(picture(height, width, 0)[..., 0]))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        case(f"orientation-{orientation}", light, "jpeg", exif=exif, quality=95)
    case("grey", grey, "jpeg", quality=90)
    case("progressive", color, "jpeg", progressive=True, quality=90)
    case("cmyk", color.convert("CMYK"), "jpeg", quality=95)
    case("lossless", color, "webp", lossless=True)
    case("lossy", light, "webp", quality=90)
    case("alpha", transparent, "webp", lossless=True)
    case("animation", color, "webp", save_all=True, append_images=[color.rotate(90)], lossless=True)
    return result


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


PARTS = {
    f.__name__: f
    for f in (
        operators, layers, functions, optimizers, groups, initial, states, lenet, lenet5, order, text, files, metrics, images,
        training,
    )
}

if __name__ == "__main__":
    assert torch.__version__.startswith("2.11.0"), f"expected torch 2.11.0, found {torch.__version__}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part in sys.argv[1:] or PARTS:
        (FOLDER / f"{part}.json").write_text(json.dumps(PARTS[part](), separators=(",", ":")) + "\n")
        print(part)
