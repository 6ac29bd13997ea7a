import math

import torch
from torch import nn

from .encode import encode


def unusual():
    """Tensors that are no rows of numbers, and texts whose lines are just full; test/tensor/format.test.ts makes the same ones."""
    eye = torch.eye(2)
    pairs = torch.tensor([[0, 1, 2], [3, 0, 4]])
    floats = torch.linspace(-1, 1, 6).reshape(2, 3)
    block = torch.arange(16).reshape(4, 4)
    meta = {"device": "meta"}
    per_channel = torch.quantize_per_channel(floats, torch.tensor([0.1, 0.25]), torch.tensor([0, 1]), 0, torch.qint8)
    return {
        "sparse": eye.to_sparse(), "sparse int64": pairs.to_sparse(), "sparse empty": torch.zeros(2, 3).to_sparse(),
        "sparse float64": eye.double().to_sparse(), "sparse hybrid": torch.arange(8).reshape(2, 2, 2).to_sparse(1),
        "sparse grad": eye.to_sparse().requires_grad_(), "sparse large": torch.eye(40).to_sparse(), "sparse ()": torch.tensor(2.0).to_sparse(),
        "sparse uint8": pairs.to(torch.uint8).to_sparse(),
        "csr": eye.to_sparse_csr(), "csc": pairs.to_sparse_csc(), "bsr": block.to_sparse_bsr((2, 2)), "bsc": block.to_sparse_bsc((2, 2)),
        "csr empty": torch.zeros(2, 3).to_sparse_csr(), "csr float64": eye.double().to_sparse_csr(),
        "meta": torch.zeros(2, 3, **meta), "meta ()": torch.zeros((), **meta), "meta int64": torch.zeros(3, dtype=torch.int64, **meta),
        "meta grad": torch.zeros(3, requires_grad=True, **meta), "meta empty": torch.zeros(0, **meta),
        "mkldnn": torch.ones(2).to_mkldnn(), "mkldnn 2d": floats.to_mkldnn(),
        "quint8": torch.quantize_per_tensor(floats, 0.1, 10, torch.quint8), "qint8": torch.quantize_per_tensor(floats, 1e-5, 0, torch.qint8),
        "qint32": torch.quantize_per_tensor(floats, 2.0, 0, torch.qint32), "per channel": per_channel,
        "conjugated": torch.view_as_complex(torch.tensor([[1.0, 2.0], [3.0, -0.5]])).conj(), "negated": torch._neg_view(floats),
        "negated complex": torch._neg_view(torch.view_as_complex(torch.tensor([[1.0, 2.0]]))),
        "imaginary": torch.view_as_complex(torch.tensor([[1.0, 2.0]])).conj().imag,
        "zeros without memory": torch._efficientzerotensor([2]),
        "nested": torch._nested_tensor_from_tensor_list([eye, floats]),
        "complex32": torch.view_as_complex(torch.tensor([[1.0, 2.5]])).to(torch.complex32),
        "line 13": torch.ones(13, requires_grad=True), "line 18": torch.zeros(18, dtype=torch.int8),
        "line 12": torch.ones(12, requires_grad=True), "line 17": torch.zeros(17, dtype=torch.int8),
        "line 20": torch.ones(20, requires_grad=True), "line 35": torch.zeros(35, dtype=torch.int8),
        "lines": torch.ones(3, 13, dtype=torch.float64, requires_grad=True), "uint64": torch.tensor([2**63 + 1, 7], dtype=torch.uint64),
        "float8": torch.tensor([1.0, -2.5]).to(torch.float8_e5m2), "empty grad": torch.zeros(0, requires_grad=True),
        "empty int8": torch.zeros(2, 0, 3, dtype=torch.int8),
    }


HISTORY = (
    ("add", [1]), ("sub", [1]), ("mul", [2]), ("div", [2]), ("remainder", [2]), ("floorDivide", [2]), ("pow", [2]), ("neg", []), ("abs", []),
    ("exp", []), ("log", []), ("sqrt", []), ("rsqrt", []), ("square", []), ("reciprocal", []), ("sin", []), ("cos", []), ("tan", []),
    ("tanh", []), ("sigmoid", []), ("relu", []), ("erf", []), ("expm1", []), ("log1p", []), ("log2", []), ("log10", []), ("floor", []),
    ("ceil", []), ("round", []), ("trunc", []), ("frac", []), ("sign", []), ("softmax", [1]), ("logSoftmax", [1]), ("sum", []),
    ("mean", []), ("prod", []), ("max", []), ("min", []), ("cumsum", [0]), ("t", []), ("transpose", [0, 1]), ("permute", [1, 0]),
    ("view", [6]), ("reshape", [6]), ("flatten", []), ("squeeze", []), ("unsqueeze", [0]), ("expand", [2, 2, 3]), ("repeat", [2, 1]),
    ("flip", [[0]]), ("clone", []), ("double", []), ("select", [0, 0]), ("narrow", [0, 0, 1]), ("detach", []), ("float", []),
    ("contiguous", []), ("lt", [0]),
)


def history():
    """Names of grad_fn, of methods that are called alike."""
    leaf = torch.ones(2, 3, requires_grad=True)
    mask = leaf > 0
    found = []
    for name, arguments in HISTORY:
        python = {"logSoftmax": "log_softmax", "floorDivide": "floor_divide"}.get(name, name)
        result = getattr(leaf, python)(*arguments)
        found.append([name, arguments, None if result.grad_fn is None else result.grad_fn.name().rsplit("::", 1)[-1]])
    changed = leaf.clone()
    changed[0].mul_(2)
    copied = torch.zeros(2, 3)
    copied.copy_(leaf)
    named = {
        "sum dim": leaf.sum(1), "mean dim": leaf.mean(1), "std": leaf.std(), "var": leaf.var(),
        "max dim": leaf.max(1)[0], "where": leaf.where(mask, 0), "masked number": leaf.masked_fill(mask, 1),
        "masked tensor": leaf.masked_fill(mask, torch.tensor(1.0)), "masked select": leaf.masked_select(mask), "cat": torch.cat([leaf, leaf]),
        "stack": torch.stack([leaf, leaf]), "matmul": leaf.matmul(leaf.t()), "changed part": changed, "copied": copied,
        "clamp": leaf.clamp(0, 1), "remainder tensor": leaf.remainder(torch.tensor(2.0)), "pow tensor": leaf.pow(torch.tensor(2.0)),
        "filled": leaf.clone().fill_(1), "sort": leaf.sort()[0], "topk": leaf.topk(1)[0], "split": leaf.split(1)[0], "chunk": leaf.chunk(2)[0],
    }
    return {"methods": found, "named": {name: tensor.grad_fn.name().rsplit("::", 1)[-1] for name, tensor in named.items()}}


OPTIONS = (
    {"precision": 2}, {"precision": 0}, {"threshold": 5}, {"threshold": 5, "edgeitems": 1},
    {"linewidth": 40}, {"sci_mode": True}, {"sci_mode": False}, {"profile": "short"}, {"profile": "full"}, {"profile": "short", "precision": 6},
)


def printed():
    """As each set of options prints the same tensors; test/tensor/printOptions.test.ts makes them too."""
    tensors = (torch.arange(12) / 7 - 1, torch.arange(40).reshape(5, 8), torch.tensor([1e-5, 2.5, 1e5]), torch.tensor([1.0, 2.0, 300.0]),
               torch.complex(torch.arange(7) / 3, torch.arange(7) / 4), torch.arange(24).reshape(2, 3, 4) / 8)
    found = []
    for options in OPTIONS:
        torch.set_printoptions(**options)
        found.append({"options": options, "texts": [repr(t) for t in tensors]})
        torch.set_printoptions(profile="default")
    return found


def defaults():
    """What follows from the default dtype; test/tensor/defaultDtype.test.ts has the same expressions."""
    found = {}
    for dtype in (torch.float64, torch.float16, torch.float32):
        torch.set_default_dtype(dtype)
        made = (torch.tensor(1.5), torch.tensor([1, 2]) / 2, torch.zeros(1), torch.ones(2), torch.rand(2), torch.full((1,), 1.5), torch.eye(2),
                torch.linspace(0, 1, 3), torch.arange(0, 1, 0.5), torch.hann_window(4), torch.tensor([True]).to(torch.int64) * 1.5,
                torch.scalar_tensor(2), torch.nn.Linear(2, 1).weight, torch.complex(torch.ones(1), torch.ones(1)), torch.ones(1).float())
        texts = [repr(torch.tensor([0.5], dtype=d)) for d in (torch.float32, torch.float64, torch.float16, torch.int64)]
        texts += [repr(torch.zeros(0)), repr(torch.zeros(0, dtype=torch.float32))]
        found[str(dtype)[6:]] = {"dtypes": [str(t.dtype)[6:] for t in made], "texts": texts}
    return found


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
    return {"tensors": cases, "leaf": encode(g), "graph": graph, "modules": modules, "complex": numbers, "printed": printed(), "defaults": defaults(),
            "unusual": {name: repr(tensor) for name, tensor in unusual().items()}, "history": history()}
