import math

import torch

from .call import record_call
from .encode import encode


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
