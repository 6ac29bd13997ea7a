from itertools import product

import numpy
import torch
from torch.utils.data import (
    BatchSampler, ChainDataset, ConcatDataset, DataLoader, IterableDataset, RandomSampler, SequentialSampler, StackDataset,
    SubsetRandomSampler, WeightedRandomSampler, default_collate, default_convert, random_split,
)

from .order import Range
from .samplers import Own, drawn

INDICES = [9, 2, 2, 5, 0, 7]
WEIGHTS = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6, 0.0]


def own(seed, wanted):
    return torch.Generator().manual_seed(seed) if wanted else None


def subset_samplers():
    """Two whole passes, and what the generators draw next."""
    result = []
    for given, draw in product((False, True), (None, (True, 1), (True, 7), (True, 40), (False, 1), (False, 6))):
        torch.manual_seed(1)
        generator = own(5, given)
        sampler = SubsetRandomSampler(INDICES, generator) if draw is None else WeightedRandomSampler(WEIGHTS, draw[1], draw[0], generator)
        options = {} if draw is None else {"replacement": draw[0], "numSamples": draw[1]}
        result.append({"kind": "subset" if draw is None else "weighted", "options": options, "generator": given, "length": len(sampler),
                       "passes": [list(sampler), list(sampler)], "after": drawn(), "own": drawn(generator)})
    return result


def batch_samplers():
    """Batches alone, and in a loader that is left after two batches in its second epoch."""
    result = []
    kinds = ("sequential", "random", "list", "own", "subset")
    for kind, size, drop_last, given in product(kinds, (1, 3, 5, 20), (False, True), (False, True)):
        torch.manual_seed(2)
        generator = own(3, given)
        sampler = {
            "sequential": lambda: SequentialSampler(Range(10)),
            "random": lambda: RandomSampler(Range(10), generator=own(4, given)),
            "list": lambda: [9, 0, 0, 4, 3, 8, 2],
            "own": lambda: Own(10),
            "subset": lambda: SubsetRandomSampler(INDICES),
        }[kind]()
        batches = BatchSampler(sampler, size, drop_last)
        alone = list(batches)
        loader = DataLoader(Range(10), batch_sampler=batches, generator=generator)
        epochs = []
        for epoch in range(3):
            seen = []
            for indices in loader:
                seen.append([indices.tolist(), drawn()])
                if epoch == 1 and len(seen) == 2:
                    break
            epochs.append(seen)
        result.append({"kind": kind, "batchSize": size, "dropLast": drop_last, "generator": given, "length": len(loader), "alone": alone,
                       "epochs": epochs, "after": drawn(), "own": drawn(generator)})
    return result


def splits():
    """What random_split gives to each part."""
    cases = [
        (10, [3, 7]), (10, [10]), (10, [0, 10]), (10, [0.3, 0.7]), (10, [0.3, 0.3, 0.4]), (10, [1]), (11, [0.5, 0.5]), (101, [0.1] * 10),
        (7, [0.2, 0.2, 0.2, 0.2, 0.2]), (3, [0.7, 0.2, 0.1]), (1000, [0.8, 0.1, 0.1]), (0, []), (10, [0.1, 0.2, 0.7]), (60, [1 / 3] * 3), (0, [0]),
    ]
    refused = [(10, [3, 6]), (10, [0.5, 0.4]), (10, [0.5, 0.6]), (10, [1.5, -0.5]), (10, [5.5, 4.5]), (5, [])]
    result = []
    for (count, lengths), given in product(cases, (False, True)):
        torch.manual_seed(3)
        generator = own(6, given)
        parts = random_split(Range(count), lengths, **({"generator": generator} if given else {}))
        result.append({"count": count, "lengths": lengths, "generator": given, "parts": [list(part.indices) for part in parts], "after": drawn(),
                       "own": drawn(generator)})
    for count, lengths in refused:
        try:
            random_split(Range(count), lengths)
            raise AssertionError(lengths)
        except (ValueError, TypeError, RuntimeError):
            pass
    return {"splits": result, "refused": refused}


class Count(IterableDataset):
    """Draws each number when it is asked for."""

    def __init__(self, count, length=True):
        self.count = count
        if length:
            self.__class__ = Counted

    def __iter__(self):
        for _ in range(self.count):
            yield int(torch.randint(0, 100, ()))


class Counted(Count):
    def __len__(self):
        return self.count


def streams():
    """Loaders of iterable data sets, one of which is a chain; the training draws for each batch."""
    result = []
    for counts, size, drop_last, given in product(([7], [6], [0], [4, 0, 5]), (1, 3, None), (False, True), (False, True)):
        if size is None and drop_last:
            continue
        torch.manual_seed(4)
        generator = own(7, given)
        data = Count(counts[0]) if len(counts) == 1 else ChainDataset([Count(count) for count in counts])
        loader = DataLoader(data, size, drop_last=drop_last, generator=generator)
        epochs = []
        for epoch in range(2):
            seen = []
            for batch in loader:
                seen.append([batch if isinstance(batch, int) else batch.tolist(), drawn()])
                if epoch == 1 and len(seen) == 2:
                    break
            epochs.append(seen)
        result.append({"counts": counts, "batchSize": size, "dropLast": drop_last, "generator": given, "length": len(loader), "epochs": epochs,
                       "after": drawn(), "own": drawn(generator)})
    return result


def described(value):
    """A collated value, for JSON: tensors with their dtypes."""
    if isinstance(value, torch.Tensor):
        return {"dtype": str(value.dtype).removeprefix("torch."), "values": value.tolist()}
    if isinstance(value, dict):
        return {"names": {name: described(each) for name, each in value.items()}}
    if isinstance(value, (list, tuple)):
        return [described(each) for each in value]
    return value


def collated():
    """Examples by name, put together and converted; the test makes the same ones."""
    t = torch.tensor
    f32, u8 = numpy.float32, numpy.uint8
    examples = {
        "tensors": [t([1.0, 2.0]), t([3.0, 4.0])],
        "integers": [1, 2, 3],
        "booleans": [True, False],
        "words": ["a", "b"],
        "pairs": [[t([1.0]), 0], [t([2.0]), 1]],
        "words in pairs": [[t([1.0]), "a"], [t([2.0]), "b"]],
        "names": [{"x": t([1.0]), "y": 1}, {"x": t([2.0]), "y": 2}],
        "names in pairs": [[{"x": 1, "z": "a"}, 1], [{"x": 2, "z": "b"}, 2]],
        "pairs in pairs": [[[t([1.0]), 1], [t([2.0]), 2]], [[t([3.0]), 3], [t([4.0]), 4]]],
        "arrays": [numpy.array([1, 2], f32), numpy.array([3, 4], f32)],
        "arrays of bytes": [[numpy.array([1, 2], u8), 1], [numpy.array([3, 4], u8), 2]],
        "one": [[t([[1.0]]), 7]],
    }
    refused = {
        "lengths": [[1], [1, 2]],
        "shapes": [t([1.0]), t([1.0, 2.0])],
        "nothing": [None, None],
        "names that lack": [{"x": 1}, {"y": 1}],
    }
    for name, batch in refused.items():
        try:
            default_collate(batch)
            raise AssertionError(name)
        except (TypeError, RuntimeError, KeyError):
            pass
    return {
        "collated": {name: described(default_collate(batch)) for name, batch in examples.items()},
        "converted": {name: described(default_convert(batch[0])) for name, batch in examples.items()},
        "refused": list(refused),
    }


def joined():
    """Data sets of data sets, in a shuffled loader."""
    torch.manual_seed(5)
    tensors = torch.utils.data.TensorDataset(torch.arange(20.0).view(10, 2), torch.arange(10))
    more = torch.utils.data.TensorDataset(torch.arange(14.0).view(7, 2) + 100, torch.arange(7) + 50)
    concat = ConcatDataset([tensors, more, torch.utils.data.Subset(tensors, [9, 1])])
    stacked = StackDataset(tensors, torch.utils.data.Subset(concat, list(range(10))))
    named = StackDataset(a=tensors, b=Range(10))
    return {
        "concat": {"length": len(concat), "sizes": concat.cumulative_sizes,
                   "batches": [described(batch) for batch in DataLoader(concat, 4, shuffle=True)]},
        "stacked": [described(batch) for batch in DataLoader(stacked, 4, shuffle=True)],
        "named": [described(batch) for batch in DataLoader(named, 4, shuffle=True)],
        "after": drawn(),
    }


def refusals():
    """Options that a loader refuses together."""
    cases = [
        {"sampler": [1], "shuffle": True}, {"batch_sampler": [[1]], "batch_size": 2}, {"batch_sampler": [[1]], "shuffle": True},
        {"batch_sampler": [[1]], "sampler": [1]}, {"batch_sampler": [[1]], "drop_last": True}, {"batch_size": None, "drop_last": True},
        {"prefetch_factor": 2}, {"num_workers": -1}, {"batch_size": 0},
        {"iterable": True, "shuffle": True}, {"iterable": True, "sampler": [1]}, {"iterable": True, "batch_sampler": [[1]]},
    ]
    taken = [{"batch_sampler": [[1]], "batch_size": 1, "drop_last": False}, {"batch_size": None}, {"batch_size": None, "shuffle": True},
             {"iterable": True, "shuffle": False}, {"iterable": True, "batch_size": None}]
    for refused, options in [*((True, each) for each in cases), *((False, each) for each in taken)]:
        rest = {name: value for name, value in options.items() if name != "iterable"}
        try:
            DataLoader(Count(3) if "iterable" in options else Range(3), **rest)
            assert not refused, options
        except ValueError:
            assert refused, options
    return {"refused": cases, "taken": taken}


def loading():
    """Data sets of data sets, samplers and loaders as torch.utils.data has them."""
    return {"subset": subset_samplers(), "batches": batch_samplers(), **splits(), "streams": streams(), "collate": collated(), "joined": joined(),
            "refusals": refusals()}

