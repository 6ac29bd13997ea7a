"""Replays test/parity/cases/*.json with PyTorch; docs/parity.md says what stands in them.

Inputs are drawn on both sides by the same generator, so that results alone are recorded; of tensors with more than
24 elements four weighted sums.
"""

import json
import math
import re
import warnings
import zlib
from itertools import product

import numpy
import torch
import torchvision

from .call import weights
from .folder import FOLDER

CASES = FOLDER.parent / "parity" / "cases"
WHOLE = 24


def parity():
    """Returns how many cases there are by group; writes test/reference/parity/GROUP.json."""
    (FOLDER / "parity").mkdir(exist_ok=True)
    counts = {}
    warnings.simplefilter("ignore")
    for path in sorted(CASES.glob("*.json")):
        described = json.loads(path.read_text())
        lines = []
        for name, grids in described.items():
            results = [[record(name, grid, case) for case in expand(grid)] for grid in grids]
            counts[path.stem] = counts.get(path.stem, 0) + sum(map(len, results))
            lines.append(f"{json.dumps(name)}:{json.dumps(results, separators=(',', ':'))}")
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        (FOLDER / "parity" / path.name).write_text(text)
    return counts


def expand(grid):
    """All cases of a grid, in the order that test/parity/expand.ts has too."""
    options = grid.get("options", {})
    if grid.get("one"):
        chosen = [{}] + [{key: value} for key, values in options.items() for value in values]
    else:
        chosen = [dict(pair for pair in pairs if pair is not None)
                  for pairs in product(*([None] + [(key, value) for value in values] for key, values in options.items()))]
    for args, given, inputs, call, dtype, training in product(
            grid.get("args", [[]]), chosen, grid.get("inputs", [[]]), grid.get("calls", [None]), grid.get("dtypes", ["float32"]), grid.get("training", [True])):
        yield {"args": args, "options": given, "inputs": inputs, "call": call, "dtype": dtype, "training": training}


def draw(text, dtype):
    """A tensor of a description such as 2x3, 5:labels3 or ():positive."""
    shape, _, kind = text.partition(":")
    sizes = [] if shape == "()" else [int(size) for size in shape.split("x")]
    uniform = torch.rand(sizes, dtype=torch.float64)
    if kind.startswith("labels"):
        return (uniform * int(kind[6:])).floor().to(torch.int64)
    if kind == "int":
        return (uniform * 11 - 5).floor().to(torch.int64)
    if kind == "bytes":
        return (uniform * 256).floor().to(torch.uint8)
    if kind == "bool":
        return uniform > 0.5
    if kind == "sign":
        return torch.where(uniform > 0.5, 1.0, -1.0).to(dtype)
    if kind == "distinct":
        return (torch.argsort(uniform.flatten()).reshape(sizes).to(torch.float64) * 0.37 - 2).to(dtype)
    if kind == "special":
        return torch.tensor([0.0, -0.0, math.inf, -math.inf, math.nan, 1.5, -2.5, 0.5], dtype=dtype)
    if kind == "symmetric":
        square = uniform * 4 - 2
        return (square @ square.mT + torch.eye(sizes[-1], dtype=torch.float64)).to(dtype)
    if kind == "complex":
        return torch.complex(uniform * 4 - 2, torch.rand(sizes, dtype=torch.float64) * 4 - 2).to(torch.complex64)
    return {"": uniform * 4 - 2, "positive": uniform * 2 + 0.25, "unit": uniform, "inner": uniform * 1.8 - 0.9}[kind].to(dtype)


def placed(value, tensors, used):
    """"$0" in arguments is the first input, "torch.float32" a dtype; lists come as tuples where Python wants one."""
    if isinstance(value, str) and re.fullmatch(r"\$\d+", value):
        used.add(int(value[1:]))
        return tensors[int(value[1:])]
    if isinstance(value, str) and value.startswith("torch."):
        return getattr(torch, value[6:])
    if isinstance(value, str) and value in ("inf", "-inf", "nan"):
        return float(value)
    if isinstance(value, list):
        return tuple(placed(each, tensors, used) for each in value)
    if isinstance(value, dict) and "new" in value:
        name, *given = value["new"]
        return getattr(torchvision.transforms, name)(*placed(given, tensors, used))
    if isinstance(value, dict):
        return {key: placed(each, tensors, used) for key, each in value.items()}
    return value


def worded(value):
    """torchvision has enumerations where there are words here."""
    words = [*torchvision.transforms.InterpolationMode, *torchvision.transforms.AutoAugmentPolicy]
    modes = {word.value: word for word in words}
    return modes.get(value, value) if isinstance(value, str) else value


def record(name, grid, case):
    try:
        return run(name, grid, case)
    except Exception as error:  # What Python refuses shall be refused.
        return {"error": type(error).__name__}


def run(name, grid, case):
    torch.manual_seed(1)
    inputs = [draw(text, getattr(torch, case["dtype"])) for text in case["inputs"]]
    used = set()
    args = [placed(arg, inputs, used) for arg in case["args"]]
    options = {key: placed(value, inputs, used) for key, value in case["options"].items()}
    if args and isinstance(args[-1], dict):
        options = {**args.pop(), **options}
    if name.startswith("transforms."):
        args, options = [worded(each) for each in args], {key: worded(value) for key, value in options.items()}
    given = [tensor for i, tensor in enumerate(inputs) if i not in used]
    *path, last = name.split(".")
    if path == ["Tensor"]:
        return result_of(lambda: getattr(given[0], last)(*given[1:], *args, **options), inputs, grid)
    target = torchvision if path[0] == "transforms" else torch
    for part in (path[1:] if path[:1] == ["torch"] else path) + [last]:
        target = getattr(target, part)
    if isinstance(target, type) and target.__module__.startswith("torchvision.") and not issubclass(target, torch.nn.Module):
        made = target(*args, **options)
        return {"text": repr(made), **result_of(lambda: made(*given), inputs, grid)}
    if not (isinstance(target, type) and issubclass(target, torch.nn.Module)):
        return result_of(lambda: target(*given, *args, **options), inputs, grid)
    torch.manual_seed(2)
    module = target(*args, **options).to(getattr(torch, case["dtype"])).train(case["training"])
    state = {key: encode(value, exact=True) for key, value in module.state_dict().items()}
    called = given if case["call"] is None else [placed(each, inputs, set()) for each in case["call"]]
    named = called.pop() if called and isinstance(called[-1], dict) else {}
    leaves = given if case["call"] is None else inputs
    recorded = result_of(lambda: module(*called, **named), leaves, grid, dict(module.named_parameters()))
    buffers = {key: encode(value) for key, value in module.named_buffers() if key in state}
    return {"text": repr(module), "state": state, **recorded, **({"buffers": buffers} if buffers else {})}


def result_of(call, inputs, grid, parameters={}):
    wanted = grid.get("grad", True)
    leaves = [x for x in inputs if wanted and (x.is_floating_point() or x.is_complex())]
    if not call_changes(grid):
        for leaf in leaves:
            leaf.requires_grad_()
    value = drawn(call, grid)
    out = {"out": encode(value, exact=grid.get("exact", False), only=grid.get("only"))}
    tensors = [x for x in flat(value) if isinstance(x, torch.Tensor) and x.requires_grad]
    if wanted and tensors:
        loss = sum((as_real(x).double() * weights(tuple(as_real(x).shape)).double()).sum() for x in tensors)
        loss.backward()
        out["grads"] = [encode(x.grad) if x.requires_grad else None for x in inputs]
        if parameters:
            out["paramGrads"] = {key: encode(p.grad) for key, p in parameters.items()}
    return out


def drawn(call, grid):
    """The result after a seed, or a list of those after several."""
    results = []
    for seed in range(grid.get("seeds", 1)):
        torch.manual_seed(3 + seed)
        results.append(call())
    return results if "seeds" in grid else results[0]


def as_real(tensor):
    return torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor


def call_changes(grid):
    return grid.get("inplace", False)


def flat(value):
    if isinstance(value, (list, tuple)):
        return [each for part in value for each in flat(part)]
    return [value]


def encode(value, exact=False, only=None):
    if isinstance(value, torch.Tensor):
        return encode_tensor(value.detach(), exact)
    if isinstance(value, (list, tuple)):
        return [encode(each) for i, each in enumerate(value) if only is None or i in only]
    if isinstance(value, torch.dtype):
        return str(value)[6:]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, complex):
        return [value.real, value.imag]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise AssertionError(f"cannot record {type(value)}")


def encode_tensor(tensor, exact):
    out = {"d": str(tensor.dtype)[6:], "s": list(tensor.shape)}
    real = as_real(tensor)
    values = numpy.array(real.to(torch.float64).flatten().tolist(), dtype=numpy.float64)
    digits = 12 if tensor.dtype in (torch.float64, torch.complex128) else 8
    if exact:
        out["crc"] = zlib.crc32(real.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    elif len(values) <= WHOLE:
        out["v"] = [short(value, digits) for value in values.tolist()]
        return out
    odd = [int(numpy.isnan(values).sum()), int((values == math.inf).sum()), int((values == -math.inf).sum())]
    if any(odd):
        out["n"] = odd
    finite = numpy.where(numpy.isfinite(values), values, 0)
    places = numpy.arange(len(values), dtype=numpy.float64)
    out["p"] = [short(float((finite * numpy.sin((places + 1) * (k + 1) + k)).sum()), digits) for k in range(4)]
    return out


def short(value, digits):
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 2**53:
        return int(value) if not (value == 0 and math.copysign(1, value) < 0) else -0.0
    return float(f"{value:.{digits}g}")
