import inspect
import re
import typing

import torch
import torchvision


def names():
    """PyTorch's public names by group, with their parameters where Python knows them."""
    modules = [name for name in public(torch.nn) if is_module(getattr(torch.nn, name))]
    functional = torch.nn.functional
    functions = [name for name in public(functional) if is_function(getattr(functional, name)) and not name.startswith(("boolean_dispatch", "assert_"))]
    groups = {
        "nn": (torch.nn, modules),
        "nn.functional": (functional, functions),
        "nn.init": (torch.nn.init, [name for name in public(torch.nn.init) if is_own(torch.nn.init, name) and (name.endswith("_") or name == "calculate_gain")]),
        "nn.utils": (torch.nn.utils, [name for name in torch.nn.utils.__all__ if name not in ("parametrize", "parametrizations", "stateless", "rnn")]),
        "nn.utils.rnn": (torch.nn.utils.rnn, torch.nn.utils.rnn.__all__),
        "nn.utils.parametrizations": (torch.nn.utils.parametrizations, torch.nn.utils.parametrizations.__all__),
        "optim": (torch.optim, [name for name in public(torch.optim) if inspect.isclass(getattr(torch.optim, name))]),
        "optim.lr_scheduler": (torch.optim.lr_scheduler, [name for name in torch.optim.lr_scheduler.__all__ if name != "LRScheduler"]),
        "optim.swa_utils": (torch.optim.swa_utils, torch.optim.swa_utils.__all__),
        "autograd": (torch.autograd, torch.autograd.__all__),
        "autograd.functional": (torch.autograd.functional, torch.autograd.functional.__all__),
        "nn.Module": (torch.nn.Module, [name for name in public(torch.nn.Module) if name.startswith("register_") and name.endswith("hook")]),
        "Tensor": (torch.Tensor, public(torch.Tensor)),
        "torch": (torch, [name for name in public(torch) if is_operator(name)]),
        "linalg": (torch.linalg, [name for name in public(torch.linalg) if is_function(getattr(torch.linalg, name))]),
        "fft": (torch.fft, [name for name in public(torch.fft) if is_function(getattr(torch.fft, name))]),
        "special": (torch.special, [name for name in torch.special.__all__]),
        "transforms": (torchvision.transforms, torchvision.transforms.transforms.__all__ + torchvision.transforms.autoaugment.__all__),
        "transforms.functional": (torchvision.transforms.functional, own_functions(torchvision.transforms.functional)),
        "utils.data": (torch.utils.data, [name for name in torch.utils.data.__all__ if not name[0].islower() or name in ("random_split", "default_collate")]),
    }
    return {group: {name: parameters(getattr(owner, name)) for name in sorted(set(found))} for group, (owner, found) in groups.items()}


def public(owner):
    return [name for name in dir(owner) if not name.startswith("_")]


def is_module(value):
    return inspect.isclass(value) and issubclass(value, torch.nn.Module)


def is_function(value):
    return callable(value) and not inspect.isclass(value) and not isinstance(value, typing._SpecialForm) and getattr(value, "__module__", None) != "typing"


def own_functions(owner):
    return [name for name in public(owner) if is_own(owner, name) and inspect.isfunction(getattr(owner, name))]


def is_own(owner, name):
    return getattr(getattr(owner, name), "__module__", None) == owner.__name__


def is_operator(name):
    """What is a function of tensors: those that autograd's tables know, and Python's own beside them."""
    value = getattr(torch, name)
    if not is_function(value) or inspect.ismodule(value):
        return False
    return name in dir(torch._C._VariableFunctions) or name in torch.functional.__all__


def parameters(value):
    try:
        return [str(each) if each.kind is each.VAR_POSITIONAL or each.kind is each.VAR_KEYWORD else
                each.name + ("" if each.default is each.empty else f"={written(each.default)}") + (" by name" if each.kind is each.KEYWORD_ONLY else "")
                for each in inspect.signature(value).parameters.values() if each.name != "self"]
    except (TypeError, ValueError):
        return None


def written(default):
    """As Python writes it, but for addresses, which differ from one recording to the next."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(default))
