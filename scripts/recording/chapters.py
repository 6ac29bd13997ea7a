import hashlib

import torch
from torch import nn

from . import networks
from .encode import encode

# Name, images in the batch, their edge.
IMAGES = [
    ("SoftmaxRegression", 8, 28), ("SoftmaxRegressionScratch", 8, 28), ("MLP", 8, 28), ("MLPScratch", 8, 28),
    ("DropoutMLP", 8, 28), ("DropoutMLPScratch", 8, 28), ("AlexNet", 2, 224), ("VGG", 2, 224), ("NiN", 2, 224),
    ("GoogLeNet", 2, 96), ("BNLeNet", 8, 28), ("BNLeNetScratch", 8, 28), ("ResNet", 4, 96), ("DenseNet", 4, 96),
]
LR = 0.05


def digest(tensors):
    whole = hashlib.sha256()
    for tensor in tensors:
        whole.update(tensor.detach().contiguous().numpy().tobytes())
    return whole.hexdigest()


def described(net):
    return {"repr": str(net), "keys": list(net.state_dict()), "parameters": digest(net.parameters())}


def outputs_of(net, *inputs):
    net.eval()
    with torch.no_grad():
        outputs = net(*inputs)
    net.train()
    # Of a language model what follows the last character.
    return encode(outputs[0][:, -1] if isinstance(outputs, tuple) else outputs)


def stepped(optimizer, compute, before=lambda: None):
    """The losses of three steps."""
    losses = []
    for _ in range(3):
        loss = compute()
        optimizer.zero_grad()
        loss.backward()
        before()
        optimizer.step()
        losses.append(loss.item())
    return losses


def image_case(name, count, edge):
    torch.manual_seed(42)
    net = getattr(networks, name)()
    case = {"name": name, "count": count, "edge": edge, **described(net)}
    X, y = torch.rand(count, 1, edge, edge), torch.randint(0, 10, (count,))
    case["outputs"] = outputs_of(net, X)
    loss = getattr(net, "loss", nn.CrossEntropyLoss())
    case["losses"] = stepped(torch.optim.SGD(net.parameters(), lr=LR), lambda: loss(net(X), y))
    case["after"] = outputs_of(net, X)
    return case


def text_case(name, *args):
    torch.manual_seed(42)
    net = getattr(networks, name)(*args)
    case = {"name": name, "args": list(args), **described(net)}
    tokens = torch.randint(0, 28, (4, 9))
    X, y = tokens[:, :-1], tokens[:, 1:]
    case["outputs"] = outputs_of(net, X)
    loss = nn.CrossEntropyLoss()
    case["losses"] = stepped(torch.optim.SGD(net.parameters(), lr=1), lambda: loss(net(X)[0].reshape(-1, 28), y.reshape(-1)),
                             lambda: nn.utils.clip_grad_norm_(net.parameters(), 1))
    case["after"] = outputs_of(net, X)
    return case


def weight_decay():
    """Linear regression in 200 dimensions with 20 examples: the penalty by hand, and the optimizer's."""
    torch.manual_seed(42)
    X = torch.randn(20, 200)
    y = X @ torch.full((200, 1), 0.01) + 0.05 + torch.randn(20, 1) * 0.01
    scratch, concise = networks.LinearRegressionScratch(), nn.Linear(200, 1)
    penalty = lambda: 3 * (scratch.w ** 2).sum() / 2
    by_hand = stepped(torch.optim.SGD(scratch.parameters(), lr=0.01), lambda: ((scratch(X) - y) ** 2 / 2).mean() + penalty())
    groups = [{"params": concise.weight, "weight_decay": 3}, {"params": concise.bias}]
    built_in = stepped(torch.optim.SGD(groups, lr=0.01), lambda: nn.MSELoss()(concise(X), y))
    # Not of y: a product's last bits go by the processor.
    return {"data": digest([X]), "scratch": {"losses": by_hand, "w": encode(scratch.w)},
            "concise": {"losses": built_in, "w": encode(concise.weight)}}


def fine_tuning():
    """The last layer replaced; it learns ten times as fast as the rest."""
    torch.manual_seed(42)
    net = networks.BNLeNet(5)
    net.net[-1] = nn.Linear(84, 5)
    case = described(net)
    X, y = torch.rand(8, 1, 28, 28), torch.randint(0, 5, (8,))
    head = list(net.net[-1].parameters())
    body = [p for p in net.parameters() if not any(p is h for h in head)]
    optimizer = torch.optim.SGD([{"params": body}, {"params": head, "lr": LR * 10}], lr=LR)
    loss = nn.CrossEntropyLoss()
    return {**case, "losses": stepped(optimizer, lambda: loss(net(X), y)), "after": outputs_of(net, X)}


def chapters():
    """Each network after a seed: parameters, names, printed form, outputs, the losses of three steps, outputs after them."""
    return {
        "lr": LR,
        "images": [image_case(*each) for each in IMAGES],
        "text": [text_case("RNNLMScratch", 28), *(text_case("RecurrentLM", kind, 28) for kind in ("RNN", "GRU", "LSTM"))],
        "weightDecay": weight_decay(),
        "fineTuning": fine_tuning(),
    }
