import math

import torch
from torch import nn

from .encode import encode


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
