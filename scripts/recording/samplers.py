from itertools import product

import torch
from torch.utils.data import DataLoader, RandomSampler, Sampler, SequentialSampler
from torch.utils.data.distributed import DistributedSampler

from .order import Range


class Own(Sampler):
    """Draws each index when it is asked for, and once more at its end."""

    def __init__(self, count):
        self.count = count

    def __len__(self):
        return 7

    def __iter__(self):
        for _ in range(7):
            yield int(torch.randint(0, self.count, ()))
        torch.rand(1)


def drawn(generator=None):
    """What the generator gives next: of the default one where there is none."""
    return int(torch.randint(0, 1000, (), generator=generator))


def distributed():
    """The indices of all ranks, epoch by epoch."""
    cases = []
    orders = [(False, 0, 1), (True, 0, 3), (True, 7, 3)]
    for count, ranks, (shuffle, seed, epochs), drop_last in product((0, 1, 2, 5, 7, 10, 100), (1, 2, 3, 4, 8), orders, (False, True)):
        cases.append((count, ranks, shuffle, seed, epochs, drop_last))
    cases += [(10, 3, True, seed, 2, False) for seed in (-1, -5, 2**31, 2**53 - 1, 2**62)]
    result = []
    for count, ranks, shuffle, seed, epochs, drop_last in cases:
        samplers = [DistributedSampler(Range(count), ranks, rank, shuffle, seed, drop_last) for rank in range(ranks)]
        shares = []
        for epoch in range(epochs):
            for sampler in samplers:
                sampler.set_epoch(epoch)
            shares.append([list(sampler) for sampler in samplers])
        result.append({"count": count, "numReplicas": ranks, "shuffle": shuffle, "seed": str(seed), "dropLast": drop_last,
                       "length": len(samplers[0]), "totalSize": samplers[0].total_size, "shares": shares})
    return result


def random_sampler(count, options):
    python = {"replacement": options.get("replacement", False), "num_samples": options.get("numSamples")}
    generator = torch.Generator().manual_seed(5) if options.get("generator") else None
    return RandomSampler(Range(count), generator=generator, **python), generator


RANDOM = [
    {**replacement, **number, **generator}
    for replacement, number, generator in product(
        ({}, {"replacement": True}), ({}, *({"numSamples": n} for n in (1, 7, 10, 25, 32, 40, 64))), ({}, {"generator": True}))
]


def random():
    """A whole pass, one that is left after three indices, and another whole one."""
    result = []
    for options in RANDOM:
        torch.manual_seed(1)
        sampler, generator = random_sampler(10, options)
        passes = [list(sampler)]
        left = iter(sampler)
        passes.append([next(left) for _ in range(min(3, len(sampler)))])
        passes.append(list(sampler))
        result.append({"options": options, "length": len(sampler), "passes": passes, "after": drawn(), "own": drawn(generator)})
    return result


def loaders():
    """Three epochs over ten examples, the second left after two batches; the training draws a number for each batch."""
    kinds = [("sequential", {}), ("list", {}), ("own", {}), ("distributed", {}), *(("random", options) for options in RANDOM)]
    result = []
    for (kind, options), batch, drop_last, with_generator in product(kinds, (3, 5), (False, True), (False, True)):
        torch.manual_seed(2)
        generator = torch.Generator().manual_seed(3) if with_generator else None
        if kind == "random":
            sampler = random_sampler(10, options)[0]
        else:
            sampler = {
                "sequential": lambda: SequentialSampler(Range(10)),
                "list": lambda: [9, 0, 0, 4, 3, 8, 2],
                "own": lambda: Own(10),
                "distributed": lambda: DistributedSampler(Range(10), 3, 2, seed=4),
            }[kind]()
        loader = DataLoader(Range(10), batch, sampler=sampler, drop_last=drop_last, generator=generator)
        epochs = []
        for epoch in range(3):
            if kind == "distributed":
                sampler.set_epoch(epoch)
            seen = []
            for indices in loader:
                seen.append([indices.tolist(), drawn()])
                if epoch == 1 and len(seen) == 2:
                    break
            epochs.append(seen)
        result.append({"kind": kind, "options": options, "batchSize": batch, "dropLast": drop_last, "generator": with_generator,
                       "length": len(loader), "epochs": epochs, "after": drawn(), "own": drawn(generator)})
    return result


def samplers():
    """What torch.utils.data's samplers draw, alone and in a loader."""
    return {"distributed": distributed(), "random": random(), "loaders": loaders()}
