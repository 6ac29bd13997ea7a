"""Each optimizer loads a state that it, or one with other options, has saved: test/parity/optim/loads.json has the options."""

import copy
import json
import warnings

import torch

from .optim import CASES, attempt, sums
from .parity import draw, placed

KINDS = [("float32", "float32"), ("float64", "float64"), ("float32", "float64"), ("float64", "float32"), ("float32", "bfloat16"), ("bfloat16", "bfloat16"),
         ("complex", "complex")]
NUMBERS = ("step", "eta", "mu", "mu_product")


def loads():
    warnings.simplefilter("ignore")
    described = json.loads((CASES / "loads.json").read_text())
    return {name: [attempt(lambda name, _, case: loaded(name, *case), name, None, case) for case in cases(options)] for name, options in described.items()}


def cases(options):
    """In the order of test/optim/loads.test.ts: what saved with which options, who loads, how, of what dtype into what."""
    for saved in options:
        for own in options:
            for way in ("load", "groups", "changed"):
                yield saved, own, way, "float32", "float32"
    for given in options:
        for kinds in KINDS[1:]:
            yield given, given, "load", *kinds
        for way in ("numbers", "default"):
            yield given, given, way, "float32", "float32"


def loaded(name, saved, own, way, before, after):
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64 if way == "default" else torch.float32)
    try:
        return run(name, saved, own, way, before, after)
    finally:
        torch.set_default_dtype(torch.float32)


def run(name, saved, own, way, before, after):
    first, params = made(name, saved, before)
    for step in range(2):
        advance(name, first, params, before, step)
    if way == "changed":
        first.param_groups[0].update(options_of(own))
        second = first
    else:
        before_load = params
        second, params = made(name, own, after)
        for param, value in zip(params, before_load):
            param.data.copy_(value.data)
        state = copy.deepcopy(first.state_dict())
        if way == "groups":
            state["param_groups"] = second.state_dict()["param_groups"]
        if way == "numbers":
            for each in state["state"].values():
                each.update({key: float(each[key]) for key in NUMBERS if key in each})
        second.load_state_dict(state)
    kinds = [[i, {key: str(value.dtype)[6:] for key, value in each.items() if isinstance(value, torch.Tensor) and key not in ("step", "d", "prev_flat_grad", "t")}]
             for i, each in second.state_dict()["state"].items()]
    for step in range(2):
        advance(name, second, params, after, step + 2)
    state = [[i, {key: sums(value) for key, value in each.items() if key != "al"}] for i, each in second.state_dict()["state"].items()]
    return {"kinds": kinds, "params": [sums(param.detach()) for param in params], "state": state}


def options_of(options):
    return {key: placed(value, [], set()) for key, value in options.items()}


def drawn(name, kind):
    shapes = ["3x4", "5x2"] if name == "Muon" else ["3x4", "5"]
    if kind == "complex":
        return [draw(f"{shape}:complex", torch.float32) for shape in shapes]
    return [draw(shape, torch.float64).to(getattr(torch, kind)) for shape in shapes]


def made(name, options, kind):
    params = [tensor.requires_grad_() for tensor in drawn(name, kind)]
    return getattr(torch.optim, name)(params, **options_of(options)), params


def advance(name, optimizer, params, kind, step):
    grads = drawn(name, kind)
    for param, grad in zip(params, grads):
        if name == "SparseAdam":
            grad = torch.where((torch.arange(len(grad)) + step).reshape(-1, *[1] * (grad.ndim - 1)) % 3 == 0, grad, 0).to_sparse(1)
        param.grad = grad

    def closure():
        optimizer.zero_grad()
        away = [(param - 2).abs().pow(2) for param in params]
        loss = sum((each + each.pow(2)).sum() for each in away)
        loss.backward()
        return loss

    optimizer.step(closure if name == "LBFGS" else None)
