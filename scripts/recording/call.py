import math

import torch

from .encode import encode


def weights(shape):
    """A gradient that tells elements apart."""
    return torch.linspace(-1, 1, max(1, math.prod(shape))).reshape(shape)


def record_call(function, inputs):
    """Outputs, and gradients of the inputs that are floating-point."""
    leaves = [
        x.clone().requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in inputs
    ]
    result = function(*leaves)
    outputs = list(result) if isinstance(result, (list, tuple)) else [result]
    grads = None
    first = outputs[0]
    if isinstance(first, torch.Tensor) and first.requires_grad:
        (first * weights(first.shape).to(first.dtype)).sum().backward()
        grads = [encode(x.grad) if isinstance(x, torch.Tensor) and x.requires_grad else None for x in leaves]
    return {"outputs": encode(outputs), "grads": grads}
