import torch
from torch import nn


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
    result["kinds"] = [
        failure(lambda state: state.update({"scale": value}))
        for value in (5, 0.5, True, None, "x", [1, 2], (1, 2), {"a": 1}, b"x", {1})
    ]

    def loads(change):
        made = Parts()
        state = {key: value.clone() for key, value in made.state_dict().items()}
        change(state)
        try:
            found = made.load_state_dict(state)
            return {"missing": found.missing_keys, "unexpected": found.unexpected_keys, "count": made.norm.num_batches_tracked.item()}
        except RuntimeError as error:
            return str(error)

    counter = "norm.num_batches_tracked"
    result["old"] = {
        "no counter": loads(lambda state: state.pop(counter)),
        "a list of one": loads(lambda state: state.update({counter: torch.tensor([7])})),
        "a list of two": loads(lambda state: state.update({counter: torch.tensor([7, 8])})),
        "a matrix of one": loads(lambda state: state.update({counter: torch.tensor([[7]])})),
        "a fraction": loads(lambda state: state.update({counter: torch.tensor(7.5)})),
    }
    # In these two words a parameter prints.
    result["parameter"] = repr(nn.Parameter(torch.tensor([1.0, 2.0])))
    return result
