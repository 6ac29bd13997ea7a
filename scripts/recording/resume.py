import base64
import hashlib
import io
import json
import pathlib
import subprocess
import tempfile
import zipfile

import torch

from .encode import encode
from .folder import FOLDER

CASES = [
    ("SGD", {"lr": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    ("Adam", {"lr": 0.1}), ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "decoupled_weight_decay": True, "weight_decay": 0.1}), ("AdamW", {"lr": 0.05, "maximize": True}),
    ("RMSprop", {"lr": 0.05, "centered": True, "weight_decay": 0.1}), ("RMSprop", {"lr": 0.05, "momentum": 0.9}),
]


def made(name, options, start):
    params = [p.clone().requires_grad_() for p in start]
    optimizer = getattr(torch.optim, name)([{"params": params[:1]}, {"params": params[1:], "lr": 0.2}], **options)
    return params, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 2, gamma=0.5)


def train(params, optimizer, scheduler, grads):
    for step in grads:
        for p, g in zip(params, step):
            p.grad = g.clone()
        optimizer.step()
        scheduler.step()


def resume():
    """Six steps, saved after three; the same where JavaScript made the first three (test/optim/resume.child.mjs)."""
    torch.manual_seed(13)
    start = [torch.randn(2, 3), torch.randn(3)]
    grads = [[torch.randn(2, 3), torch.randn(3)] for _ in range(6)]
    cases = []
    for name, options in CASES:
        params, optimizer, scheduler = made(name, options, start)
        train(params, optimizer, scheduler, grads[:3])
        file = io.BytesIO()
        torch.save({"params": [p.detach() for p in params], "opt": optimizer.state_dict(), "sched": scheduler.state_dict()}, file)
        train(params, optimizer, scheduler, grads[3:])
        cases.append({"optimizer": name, "options": options, "file": base64.b64encode(file.getvalue()).decode(),
                      "end": encode([p.detach() for p in params]), "rates": scheduler.get_last_lr()})
    recorded = {"start": encode(start), "grads": encode(grads), "cases": cases}
    with tempfile.TemporaryDirectory() as made_there:
        (pathlib.Path(made_there) / "cases.json").write_text(json.dumps(recorded))
        subprocess.run(["node", FOLDER.parent / "optim" / "resume.child.mjs", made_there], check=True)
        for i, ((name, options), case) in enumerate(zip(CASES, cases)):
            path = pathlib.Path(made_there) / f"{i}.pt"
            saved = torch.load(path, weights_only=True)
            params, optimizer, scheduler = made(name, options, saved["params"])
            optimizer.load_state_dict(saved["opt"])
            scheduler.load_state_dict(saved["sched"])
            train(params, optimizer, scheduler, grads[3:])
            whole = made(name, options, start)
            train(*whole, grads)
            assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(params, whole[0])), (name, options)
            assert scheduler.state_dict() == whole[2].state_dict(), (scheduler.state_dict(), whole[2].state_dict())
            assert optimizer.state_dict()["param_groups"] == whole[1].state_dict()["param_groups"], (name, options)
            with zipfile.ZipFile(path) as archive:
                case["pickle"] = hashlib.sha256(archive.read("archive/data.pkl")).hexdigest()
    return recorded
