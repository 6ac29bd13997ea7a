import torch

from .encode import encode

SHAPE = (2, 3, 2, 2)


def layouts():
    """Three steps of each optimizer. How parameters and gradients lie in memory must not matter: it does not here."""
    torch.manual_seed(11)
    start = torch.randn(SHAPE, dtype=torch.complex128)
    grads = torch.randn((3, *SHAPE), dtype=torch.complex128)
    cases = []
    for name, options in (
        ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.1}),
        ("Adam", {"lr": 0.1}), ("Adam", {"lr": 0.1, "weightDecay": 0.1, "amsgrad": True}),
        ("AdamW", {"lr": 0.1, "betas": [0.8, 0.9], "maximize": True}),
        ("RMSprop", {"lr": 0.1, "momentum": 0.9, "centered": True, "weightDecay": 0.1}),
    ):
        for dtype in ("float32", "float64", "complex64"):
            kind = getattr(torch, dtype)
            plain = lambda t: (t if kind.is_complex else t.real).to(kind).contiguous()
            python = {{"weightDecay": "weight_decay"}.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            ends = []
            for lay in (lambda t: t, lambda t: t.transpose(0, 1).contiguous().transpose(0, 1),
                        lambda t: torch.stack([t, t], -1)[..., 0]):
                param = lay(plain(start)).requires_grad_()
                optimizer = getattr(torch.optim, name)([param], **python)
                for grad in grads:
                    param.grad = lay(plain(grad))
                    optimizer.step()
                ends.append(param.detach().contiguous())
            assert all(torch.allclose(end, ends[0], rtol=1e-6, atol=1e-7) for end in ends)
            end = torch.view_as_real(ends[0]) if kind.is_complex else ends[0]
            cases.append({"optimizer": name, "options": options, "dtype": dtype, "end": encode(end)})
    return {"start": encode(torch.view_as_real(start)), "grads": encode(torch.view_as_real(grads)), "cases": cases}
