import hashlib
import json
import pathlib
import re
import tempfile
from contextlib import nullcontext

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from .encode import shortest_float32
from .folder import FOLDER
from .lenet import LeNet


class Running(nn.Module):
    """What rank 0 has seen decides what all ranks compute: buffers that are not broadcast show in the parameters."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 8), nn.Linear(8, 3)
        self.register_buffer("mean", torch.zeros(8))

    def forward(self, x):
        h = self.a(x)
        with torch.no_grad():
            self.mean.mul_(0.5).add_(h.mean(0) * 0.5)
        return self.b(torch.sigmoid(h - self.mean.clone()))


class Branches(nn.Module):
    """The last rank leaves a layer out."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 3)

    def forward(self, x):
        h = torch.sigmoid(self.a(x))
        return self.c(h if dist.get_rank() == dist.get_world_size() - 1 else torch.sigmoid(self.b(h)))


class Heads(nn.Module):
    """Two results, of which the loss uses the first."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 3), nn.Linear(4, 3)

    def forward(self, x):
        return self.a(x), self.b(x)


MODELS = {"LeNet": LeNet, "Running": Running, "Branches": Branches, "Heads": Heads}
SCENARIOS = [
    {"name": "each of 20 steps", "size": 2, "model": "LeNet", "batches": [20, 20], "each": True},
    {"name": "three ranks", "size": 3, "model": "LeNet", "batches": [5, 5, 5]},
    {"name": "four ranks", "size": 4, "model": "LeNet", "batches": [5, 5, 5, 5]},
    {"name": "buffers", "size": 2, "model": "Running", "batches": [6, 6]},
    {"name": "gradients as views", "size": 2, "model": "LeNet", "batches": [4, 4], "options": {"gradientAsBucketView": True}},
    {"name": "unused parameters", "size": 2, "model": "Branches", "batches": [6, 6], "options": {"findUnusedParameters": True}},
    {"name": "unused results", "size": 2, "model": "Heads", "batches": [6, 6], "options": {"findUnusedParameters": True}},
    {"name": "two passes per step", "size": 2, "model": "LeNet", "batches": [4, 4], "passes": 2},
    {"name": "small buckets", "size": 3, "model": "LeNet", "batches": [5, 5, 5], "options": {"bucketCapMb": 0.01}},
    {"name": "join", "size": 2, "model": "Running", "batches": [3, 7], "join": {}},
    {"name": "join, the first has more", "size": 2, "model": "Running", "batches": [5, 0], "join": {}, "options": {"bucketCapMb": 0.0001}},
    {"name": "join, divided by those left", "size": 3, "model": "LeNet", "batches": [2, 5, 3], "join": {"divideByInitialWorldSize": False}},
    {"name": "join, unused parameters", "size": 3, "model": "Branches", "batches": [2, 5, 3], "join": {}, "options": {"findUnusedParameters": True}},
]


def pythonic(options):
    return {re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name): value for name, value in options.items()}


def digest(tensors):
    result = hashlib.sha256()
    for tensor in tensors:
        result.update(tensor.detach().numpy().tobytes())
    return result.hexdigest()


def some(tensors):
    return [shortest_float32(value) for tensor in tensors for value in tensor.detach().flatten()[:2].tolist()]


def train(rank, scenario):
    torch.manual_seed(5 + rank)
    net = DistributedDataParallel(MODELS[scenario["model"]](), **pythonic(scenario.get("options", {})))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01, fused=True)
    generator = torch.Generator().manual_seed(100 + rank)
    passes, steps = scenario.get("passes", 1), []

    def one_pass():
        is_image = scenario["model"] == "LeNet"
        x = torch.rand(8, *([1, 28, 28] if is_image else [4]), generator=generator)
        y = torch.randint(0, 10 if is_image else 3, (8,), generator=generator)
        result = net(x)
        nn.functional.cross_entropy(result[0] if isinstance(result, tuple) else result, y).backward()

    with net.join(**pythonic(scenario["join"])) if "join" in scenario else nullcontext():
        for _ in range(scenario["batches"][rank]):
            optimizer.zero_grad()
            for i in range(passes):
                with net.no_sync() if i < passes - 1 else nullcontext():
                    one_pass()
            gradients = [p.grad for p in net.parameters() if p.grad is not None]
            optimizer.step()
            parameters = list(net.parameters())
            steps.append({
                "gradients": digest(gradients), "parameters": digest(parameters), "someGradients": some(gradients), "someParameters": some(parameters),
            })
    # Elsewhere each rank's buffers are its own after a pass.
    final = list(net.state_dict().values()) if "join" in scenario else list(net.parameters())
    return {"final": digest(final), "someFinal": some(final), **({"steps": steps} if scenario.get("each") else {})}


def rank_of(rank, size, folder):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=size)
    results = [train(rank, scenario) for scenario in SCENARIOS if scenario["size"] == size]
    (pathlib.Path(folder) / f"{rank}.json").write_text(json.dumps(results))
    dist.destroy_process_group()


def parallel():
    """One recording per instruction set, which rounds in its own way: the others stay as they are."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    # The name alone is the same for several where they are virtual.
    cpu = [re.search(rf"{name}\s*: (.*)", info)[1] for name in ("cpu family", "model", "model name", "stepping")]
    scenarios = []
    for size in (2, 3, 4):
        with tempfile.TemporaryDirectory() as folder:
            torch.multiprocessing.spawn(rank_of, (size, folder), size)
            ranks = [json.loads((pathlib.Path(folder) / f"{rank}.json").read_text()) for rank in range(size)]
        assert all(results == ranks[0] for results in ranks), "the ranks differ"
        scenarios += [
            {**scenario, **result} for scenario, result in zip([s for s in SCENARIOS if s["size"] == size], ranks[0], strict=True)
        ]
    capability = torch.backends.cpu.get_cpu_capability()
    others = [each for each in json.loads((FOLDER / "parallel.json").read_text()) if each["capability"] != capability]
    return sorted([*others, {"capability": capability, "cpu": cpu, "scenarios": scenarios}], key=lambda each: each["capability"])
