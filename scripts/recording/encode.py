import math

import numpy
import torch


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
