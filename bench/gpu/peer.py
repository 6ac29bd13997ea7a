"""LeNet at batch 256 on the GPU in PyTorch: `python peer.py KIND EPOCHS`, one JSON line.

KIND: notebook (as the chapter is written), resident (data on the device), graph (a CUDA graph per
step, as PyTorch's documentation advises), compile (torch.compile, mode="reduce-overhead").
Data: raw IDX files in $LENET_TORCH_GPU_DATA, plain or .gz.
"""
import gzip
import json
import os
import statistics
import sys
import time

import torch
from torch import nn

KIND, EPOCHS = sys.argv[1], int(sys.argv[2])
ROOT = os.environ["LENET_TORCH_GPU_DATA"]
BATCH = 256
device = torch.device("cuda")


def read(name, skip):
    path = os.path.join(ROOT, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz")) as file:
        return torch.frombuffer(bytearray(file.read()[skip:]), dtype=torch.uint8)


images = read("train-images-idx3-ubyte", 16).view(-1, 1, 28, 28)
labels = read("train-labels-idx1-ubyte", 8).long()


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2))
        self.fc = nn.Sequential(
            nn.Linear(256, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))

    def forward(self, img):
        return self.fc(self.conv(img).view(img.shape[0], -1))


torch.manual_seed(0)
net = LeNet().to(device)
loss_function = nn.CrossEntropyLoss()
fast = {} if KIND == "notebook" else {"fused": True}
if KIND == "graph":
    fast["capturable"] = True
optimizer = torch.optim.Adam(net.parameters(), lr=0.001, **fast)


class Pictures(torch.utils.data.Dataset):
    """As torchvision's data set with ToTensor: each image on its own."""

    def __len__(self):
        return len(images)

    def __getitem__(self, index):
        return images[index].to(torch.float32).div(255), int(labels[index])


def notebook_epoch():
    loader = torch.utils.data.DataLoader(Pictures(), batch_size=BATCH, shuffle=True, num_workers=4)
    loss_sum, correct, count, batches = 0.0, 0.0, 0, 0
    for X, y in loader:
        X, y = X.to(device), y.to(device)
        y_hat = net(X)
        loss = loss_function(y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.cpu().item()
        correct += (y_hat.argmax(dim=1) == y).sum().cpu().item()
        count += y.shape[0]
        batches += 1
    return loss_sum / batches, correct / count


def step(model, X, y, sums):
    y_hat = model(X)
    loss = loss_function(y_hat, y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        sums[0] += loss
        sums[1] += (y_hat.argmax(dim=1) == y).sum()


if KIND != "notebook":
    images, labels = images.to(device), labels.to(device)
    sums = torch.zeros(2, device=device, dtype=torch.float64)


def gather(rows):
    return images[rows].to(torch.float32).div(255), labels[rows]


def resident_epoch(run):
    order = torch.randperm(len(images)).to(device)
    sums.zero_()
    for start in range(0, len(images), BATCH):
        run(order[start:start + BATCH])
    loss, correct = sums.tolist()
    return loss / ((len(images) + BATCH - 1) // BATCH), correct / len(images)


def graphs():
    made = {}
    for size in (BATCH, len(images) % BATCH):
        rows = torch.arange(size, device=device)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step(net, *gather(rows), sums)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        optimizer.zero_grad(set_to_none=True)
        with torch.cuda.graph(graph):
            step(net, *gather(rows), sums)
        made[size] = (graph, rows)

    def run(rows):
        graph, static = made[len(rows)]
        static.copy_(rows)
        graph.replay()
    return run


if KIND == "notebook":
    epoch = notebook_epoch
elif KIND == "resident":
    epoch = lambda: resident_epoch(lambda rows: step(net, *gather(rows), sums))
elif KIND == "graph":
    replay = graphs()
    epoch = lambda: resident_epoch(replay)
else:
    compiled = torch.compile(net, mode="reduce-overhead")
    epoch = lambda: resident_epoch(lambda rows: step(compiled, *gather(rows), sums))

times = []
for number in range(EPOCHS):
    torch.cuda.synchronize()
    start = time.perf_counter()
    loss, accuracy = epoch()
    torch.cuda.synchronize()
    times.append((time.perf_counter() - start) * 1000)
skip = min(3, EPOCHS - 1)
print(json.dumps({"name": f"PyTorch, {KIND}", "msPerEpoch": statistics.median(times[skip:]),
                  "loss": loss, "trainAcc": accuracy}))
