import torch
from torch.nn import functional as F

from .encode import encode
from .paper import rbf_losses, squashed

# Table I of LeCun and others, 1998: a row per map of S2, a column per map of C3.
C3_TABLE = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""


def subsampled(maps, weight, bias, kind):
    """Window by window, as the paper says it: add four, multiply, add, squash."""
    four = maps[:, :, 0::2, 0::2] + maps[:, :, 1::2, 0::2] + maps[:, :, 0::2, 1::2] + maps[:, :, 1::2, 1::2]
    return squashed(torch.stack([four[:, c] * weight[c] + bias[c] for c in range(len(weight))], 1), kind)


def lenet5_outputs(p, images, kind):
    table = [[mark == "X" for mark in row.split()] for row in C3_TABLE.strip().splitlines()]
    c1 = squashed(F.conv2d(images, p["C1.weight"], p["C1.bias"]), kind)
    s2 = subsampled(c1, p["S2.weight"], p["S2.bias"], kind)
    maps = []
    for out in range(16):
        # Stored kernels stand in the order in which a row of the table is walked around from its first map.
        inputs = [i for i in range(6) if table[i][out]]
        start = out % 6 if out < 12 else 0
        inputs.sort(key=lambda i: (i - start) % 6)
        first = sum(table[i][o] for o in range(out) for i in range(6))
        total = sum(F.conv2d(s2[:, i : i + 1], p["C3.weight"][first + n][None, None]) for n, i in enumerate(inputs))
        maps.append(total + p["C3.bias"][out])
    s4 = subsampled(squashed(torch.cat(maps, 1), kind), p["S4.weight"], p["S4.bias"], kind)
    c5 = squashed(torch.einsum("nchw,kchw->nk", s4, p["C5.weight"]) + p["C5.bias"], kind)
    f6 = squashed(c5 @ p["F6.weight"].T + p["F6.bias"], kind)
    return torch.stack([((f6 - center) ** 2).sum(1) for center in p["OUTPUT.weight"]], 1)


def lenet5():
    """In float64, so that only the other side rounds; long gradients by every 97th element and their norm."""
    shapes = {"C1.weight": (6, 1, 5, 5), "C1.bias": (6,), "S2.weight": (6,), "S2.bias": (6,),
              "C3.weight": (60, 5, 5), "C3.bias": (16,), "S4.weight": (16,), "S4.bias": (16,),
              "C5.weight": (120, 16, 5, 5), "C5.bias": (120,), "F6.weight": (84, 120), "F6.bias": (84,),
              "OUTPUT.weight": (10, 84)}
    bounds = {"C1": 2.4 / 25, "S2": 0.6, "C3": 2.4 / 100, "S4": 0.6, "C5": 2.4 / 400, "F6": 2.4 / 120, "OUTPUT": 1}
    labels = torch.tensor([3, 0, 9])
    cases = []
    # Constants among the penalties: smaller ones would leave nothing of the competition.
    for kind, j in (("sigmoid", 50), ("tanh", 25)):
        for criterion in ("penalty", "discriminative"):
            # Both sides draw the same numbers, float32: images first, then the parameters in this order.
            torch.manual_seed(11)
            images = torch.empty(3, 1, 32, 32).uniform_(-0.1, 1.175).double().requires_grad_()
            p = {name: torch.empty(shape).uniform_(-bounds[name[:name.index(".")]], bounds[name[:name.index(".")]])
                 .double().requires_grad_() for name, shape in shapes.items()}
            outputs = lenet5_outputs(p, images, kind)
            loss = rbf_losses(outputs, labels, criterion, j).mean()
            loss.backward()
            grads = {name: {"norm": t.grad.norm().item(), "part": encode(t.grad.float().flatten()[:: 97 if t.numel() > 2000 else 1])}
                     for name, t in {**p, "images": images}.items()}
            cases.append({"squash": kind, "criterion": criterion, "j": j, "outputs": encode(outputs.float()), "loss": loss.item(), "grads": grads})
    return {"bounds": bounds, "labels": labels.tolist(), "cases": cases}
