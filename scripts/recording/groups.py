import torch

from .encode import encode


def groups():
    """Groups with options of their own, one added late, one in float64, gradients missing now and then."""
    cases = []
    for name, common in (("SGD", {"lr": 0.1, "momentum": 0.9}), ("Adam", {"lr": 0.01}), ("AdamW", {"lr": 0.01}),
                         ("RMSprop", {"lr": 0.01, "momentum": 0.9})):
        torch.manual_seed(7)
        start = [torch.randn(3), torch.randn(2, 2), torch.randn(2, dtype=torch.float64), torch.randn(4)]
        params = [p.clone().requires_grad_() for p in start]
        optimizer = getattr(torch.optim, name)(
            [{"params": [params[0]]}, {"params": [params[1], params[2]], "lr": 0.5, "weight_decay": 0.1}], **common)
        grads, steps = [], []
        for step in range(5):
            if step == 2:
                optimizer.add_param_group({"params": [params[3]], "lr": 0.2})
            given = [None if (step + i) % 4 == 3 else torch.randn(p.shape, dtype=p.dtype) for i, p in enumerate(params)]
            for p, g in zip(params, given):
                p.grad = None if g is None else g.clone()
            optimizer.step()
            grads.append([None if g is None else encode(g) for g in given])
            steps.append(encode([p.detach().clone() for p in params]))
        saved = optimizer.state_dict()
        cases.append({"optimizer": name, "options": common, "start": encode(start), "grads": grads, "steps": steps,
                      "numbers": [group["params"] for group in saved["param_groups"]],
                      "stateKeys": {str(k): sorted(v) for k, v in saved["state"].items()}})
    return cases
