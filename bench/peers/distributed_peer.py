"""PyTorch's rounds, one process of several: one epoch of the chapter's LeNet under DistributedDataParallel, or sums.

usage: distributed_peer.py train|allReduce DATA_DIR THREADS LIMIT BATCH
"""

import statistics
import sys
import time

import torch
import torch.distributed as dist
from torch import nn

import torch_epoch
from rounds import rounds

mode, folder, threads, limit, batch = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
dist.init_process_group("gloo")
rank, size = dist.get_rank(), dist.get_world_size()


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
        )
        self.fc = nn.Sequential(
            nn.Linear(16 * 4 * 4, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)
        )

    def forward(self, img):
        return self.fc(self.conv(img).view(img.shape[0], -1))


def epochs():
    """Data resident as float32, fused Adam, the sampler's order drawn at once: as fast as we know to have it."""
    count = limit or 60000
    share = lambda part: [each[rank::size] for each in part]
    images, labels = torch_epoch.load(folder, "train", count)
    x, y = images.float().div(255), labels
    images, labels = torch_epoch.load(folder, "t10k", max(1, count // 6))
    tx, ty = share((images.float().div(255), labels))
    net = nn.parallel.DistributedDataParallel(LeNet())
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)
    number = 0

    def epoch():
        nonlocal number
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(number))[rank::size]
        number += 1
        sums = torch.zeros(3)
        batches = 0
        for start in range(0, len(order), batch):
            index = order[start : start + batch]
            out = net(x[index])
            value = loss(out, y[index])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            sums[0] += value.item()
            sums[1] += (out.argmax(1) == y[index]).sum().item()
            batches += 1
        net.eval()
        with torch.no_grad():
            for start in range(0, len(tx), batch):
                sums[2] += (net.module(tx[start : start + batch]).argmax(1) == ty[start : start + batch]).sum().item()
        net.train()
        dist.all_reduce(sums)
        return {"loss": sums[0].item() / batches / size}

    epoch()
    return epoch


def all_reduces():
    def timed(tensor, times):
        seconds = []
        for _ in range(times):
            start = time.perf_counter()
            dist.all_reduce(tensor)
            seconds.append(time.perf_counter() - start)
        tensor.fill_(1)
        return statistics.median(seconds)

    small, large = torch.ones(44_426), torch.ones(2_621_440)
    return lambda: {"small": timed(small, 300), "large": timed(large, 30)}


work = all_reduces() if mode == "allReduce" else epochs()
if mode == "allReduce":
    work()
rounds(work)
dist.destroy_process_group()
