"""Replays test/parity/optim/*.json with PyTorch; docs/parity.md says what stands in them."""

import inspect
import json
import math
import warnings

import torch

from .folder import FOLDER
from .parity import draw, expand, placed, short

CASES = FOLDER.parent / "parity" / "optim"


def optim():
    warnings.simplefilter("ignore")
    return {
        "optimizers": recorded("optimizers", steps_of),
        "schedules": recorded("schedules", rates_of),
    }


def recorded(group, run):
    described = json.loads((CASES / f"{group}.json").read_text())
    return {name: [[attempt(run, name, grid, case) for case in cases(grid)] for grid in grids] for name, grids in described.items()}


def cases(grid):
    """As expand, with `ways` in the place of arguments."""
    return expand({"inputs": [["3x4", "5"]], **grid, "args": [[way] for way in grid.get("ways", ["plain"])]})


def attempt(run, name, grid, case):
    try:
        return run(name, grid, case)
    except AssertionError:
        raise
    except Exception as error:  # What Python refuses shall be refused.
        return {"error": type(error).__name__}


def drawn(case):
    return [draw(text, getattr(torch, case["dtype"])) for text in case["inputs"]]


def steps_of(name, grid, case):
    """The parameters and what is remembered of them, after some steps."""
    found = run_steps(name, grid, case, {})
    kind = getattr(torch.optim, name)
    if "foreach" in inspect.signature(kind).parameters and name != "Muon":
        other = run_steps(name, grid, case, {"foreach": True})
        for one, two in zip(found["params"], other["params"]):
            assert torch.allclose(one, two, rtol=1e-4, atol=1e-5), (name, case, one, two)
    state = [[i, {key: sums(value) for key, value in each.items() if key != "al"}] for i, each in found["state"].items()]
    return {"params": [sums(param) for param in found["params"]], "state": state}


def sums(value):
    """Three weighted sums of a tensor's elements; numbers as they are, lists part by part."""
    if isinstance(value, list):
        return [sums(each) for each in value]
    if not isinstance(value, torch.Tensor):
        return value
    real = (torch.view_as_real(value) if value.is_complex() else value).double().flatten()
    places = torch.arange(len(real), dtype=torch.float64)
    return [short(float((real * torch.sin((places + 1) * (k + 1) + k)).sum()), 8) for k in range(3)]


def run_steps(name, grid, case, besides):
    torch.manual_seed(1)
    [way] = case["args"]
    params = [tensor.requires_grad_() for tensor in drawn(case)]
    groups = [{"params": params[:1]}, {"params": params[1:], "lr": 0.03}] if way == "groups" else params
    options = {key: placed(value, [], set()) for key, value in case["options"].items()}
    optimizer = getattr(torch.optim, name)(groups, **options, **besides)
    targets = drawn(case)

    def closure():
        optimizer.zero_grad()
        away = [param - target for param, target in zip(params, targets)]
        loss = sum((each * each.conj()).real.pow(2).sum() + each.abs().pow(2).sum() for each in away)
        loss.backward()
        return loss

    for step in range(grid.get("steps", 4)):
        if way == "closure":
            optimizer.step(closure)
            continue
        for i, (param, grad) in enumerate(zip(params, drawn(case))):
            if way == "sparse":
                grad = torch.where((torch.arange(len(grad)) + step).reshape(-1, *[1] * (grad.ndim - 1)) % 3 == 0, grad, 0).to_sparse(1)
            param.grad = None if way == "gaps" and (i + step) % 3 == 1 else grad
        optimizer.step()
    return {"params": [param.detach() for param in params], "state": optimizer.state_dict()["state"]}


FUNCTIONS = {"halves": lambda epoch: 0.5 ** epoch, "waves": lambda epoch: 1 + 0.5 * (-1) ** epoch, "inverse": lambda x: 1 / (x + 1)}


def schedule(described, optimizer):
    """A schedule of its description: ["StepLR", [3], {"gamma": 0.5}]; functions by name, schedules in lists of their own."""
    name, args, options = described
    kind = getattr(torch.optim.swa_utils if name == "SWALR" else torch.optim.lr_scheduler, name)

    def made(value):
        if isinstance(value, list) and value and isinstance(value[0], list) and isinstance(value[0][0], str):
            return [schedule(each, optimizer) for each in value]
        if isinstance(value, list):
            return [made(each) for each in value]
        return FUNCTIONS.get(value, value) if isinstance(value, str) else value

    given = [made(value) for value in args]
    return kind(*([] if name == "ChainedScheduler" else [optimizer]), *given, **{key: made(value) for key, value in options.items()})


def advance(scheduler, name, grid, epoch):
    if name == "ReduceLROnPlateau":
        scheduler.step(math.cos(epoch * 0.7) + 1 / (epoch + 1))
    elif epoch in grid.get("jumps", []):
        scheduler.step(epoch + 3)
    else:
        scheduler.step()


def rates_of(name, grid, case):
    """The learning rates (and momenta) of two groups before each of some steps, and the state after them."""
    params = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    kind, options = grid.get("optimizer", ["SGD", {}])
    optimizer = getattr(torch.optim, kind)([{"params": params[:1], "lr": 0.5}, {"params": params[1:], "lr": 0.1}], **options)
    [way] = case["args"]
    scheduler = schedule([name, way, case["options"]], optimizer)
    rates = []
    for epoch in range(grid.get("steps", 12)):
        rates.append([[short(group["lr"], 10), *([short(group["momentum"], 10)] if group.get("momentum") else []),
                       *([short(group["betas"][0], 10)] if "betas" in group else [])] for group in optimizer.param_groups])
        optimizer.step()
        advance(scheduler, name, grid, epoch)
    return {"rates": rates, "state": plain(scheduler.state_dict())}


def plain(value):
    if isinstance(value, dict):
        if "_schedulers" in value:  # Where a chain of schedules is the first of a sequence, Python counts in it, for nobody.
            value = {key: each for key, each in value.items() if key not in ("_step_count", "_is_initial")}
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return short(value, 10) if isinstance(value, float) else value
