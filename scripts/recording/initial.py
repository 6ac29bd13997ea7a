import torch
from torch import nn

from .encode import encode


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
