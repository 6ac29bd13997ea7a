import torch

from .encode import encode


def optimizers():
    torch.manual_seed(3)
    start = [torch.randn(4, 3), torch.randn(3)]
    grads = [[torch.randn(4, 3), torch.randn(3)] for _ in range(6)]
    options = [
        ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weightDecay": 0.01}),
        ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}), ("SGD", {"lr": 0.1, "maximize": True}),
        ("Adam", {}), ("Adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-6, "weightDecay": 0.1}),
        ("Adam", {"lr": 0.01, "amsgrad": True}), ("Adam", {"lr": 0.01, "maximize": True}),
        ("AdamW", {}), ("AdamW", {"lr": 0.01, "weightDecay": 0.1, "amsgrad": True}),
        ("SGD", {"lr": 0.1, "momentum": 0.5, "nesterov": True, "weightDecay": 0.1, "maximize": True}),
        ("Adam", {"lr": 0.01, "weightDecay": 0.1, "amsgrad": True, "maximize": True}),
        ("AdamW", {"lr": 0.01, "betas": [0.5, 0.9], "maximize": True}), ("Adam", {"lr": 0}),
        ("RMSprop", {}), ("RMSprop", {"lr": 0.05, "alpha": 0.8, "eps": 1e-3, "weightDecay": 0.1}),
        ("RMSprop", {"lr": 0.02, "momentum": 0.9, "centered": True}), ("RMSprop", {"momentum": 0.5, "maximize": True, "weightDecay": 0.2}),
    ]
    cases = []
    for name, given in options:
        params = [p.clone().requires_grad_() for p in start]
        python = {{"weightDecay": "weight_decay"}.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        optimizer = getattr(torch.optim, name)(params, **python)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)
        steps, rates = [], []
        for step in grads:
            for p, g in zip(params, step):
                p.grad = g.clone()
            optimizer.step()
            scheduler.step()
            rates.append(scheduler.get_last_lr()[0])
            steps.append(encode([p.detach().clone() for p in params]))
        cases.append({"optimizer": name, "options": given, "steps": steps, "rates": rates})
    return {"start": encode(start), "grads": encode(grads), "cases": cases}
