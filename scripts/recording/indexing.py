import random
import warnings

import torch

DTYPES = ("float32", "float32", "int64", "bool", "uint8", "float64", "int32")


def python_part(part):
    """A recorded part as Python writes it: {"s": bounds} is a slice, {"t": [dtype, elements]} a tensor."""
    if part == "...":
        return Ellipsis
    if part == ":":
        return slice(None)
    if isinstance(part, dict):
        return slice(*part["s"]) if "s" in part else torch.tensor(part["t"][1], dtype=getattr(torch, part["t"][0]))
    return part


def python_index(parts):
    converted = tuple(map(python_part, parts))
    return converted[0] if len(converted) == 1 else converted


def nested(draw, shape):
    return draw() if not shape else [nested(draw, shape[1:]) for _ in range(shape[0])]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def shape(self):
        return [self.random.choice((0, 1, 2, 2, 3, 3, 4)) for _ in range(self.random.choice((0, 1, 2, 2, 3, 3, 4)))]

    def number(self, size):
        # Now and then one that is out of range.
        wrong = self.random.random() < 0.04
        return self.random.randint(-size - 1, size) if wrong or size == 0 else self.random.randint(-size, size - 1)

    def bound(self, size):
        return self.random.choice((None, None, 0, size, self.random.randint(-size - 2, size + 2)))

    def mask(self, sizes, dtype):
        if self.random.random() < 0.03:
            sizes = [size + 1 for size in sizes]
        return {"t": [dtype, nested(lambda: self.random.random() < 0.5 if dtype == "bool" else self.random.choice((0, 1)), sizes)]}

    def part(self, sizes, length, alone):
        """One part for the next dimensions, and how many of these it takes."""
        size = sizes[0] if sizes else 0
        kind = self.random.choice("number number slice slice slice : list list tensor tensor mask bools none bool zero byte".split())
        if kind == "none":
            return None, 0
        if kind == "bool":
            return self.random.random() < 0.7, 0
        if kind == "zero":
            dtype = self.random.choice(("bool", "uint8", "int64", "int32", "int16", "float32"))
            if dtype == "bool":
                return {"t": [dtype, self.random.random() < 0.7]}, 0
            return {"t": [dtype, self.number(size) if dtype != "uint8" else self.random.randint(0, 1)]}, int(dtype != "uint8")
        if kind == "number":
            return self.number(size), 1
        if kind == "slice":
            step = self.random.choice((None, None, 1, 2, 3, 0 if self.random.random() < 0.1 else 1))
            return {"s": [self.bound(size), self.bound(size), step]}, 1
        if kind == ":":
            return ":", 1
        if kind == "bools":
            return [self.random.random() < 0.5 for _ in range(size)], 1
        if kind in ("mask", "byte"):
            count = self.random.randint(1, max(1, min(2, len(sizes))))
            return self.mask(sizes[:count], "bool" if kind == "mask" else "uint8"), count
        # Lists and tensors of one length go together; a lone list of lists is another thing in Python.
        deep = self.random.random() < 0.3 and not (alone and kind == "list")
        shape = [2, length] if deep else [self.random.choice((length, length, length, 1))]
        elements = nested(lambda: self.number(size), shape)
        return (elements if kind == "list" else {"t": [self.random.choice(("int64", "int64", "int32")), elements]}), 1

    def index(self, shape):
        parts, sizes = [], list(shape)
        length = self.random.choice((0, 1, 2, 2, 3))
        count = self.random.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4))
        while len(parts) < count:
            if sizes is not None and self.random.random() < 0.12 and "..." not in parts:
                parts.append("...")
                # The dimensions that follow are the last ones.
                sizes = sizes[max(0, len(sizes) - (count - len(parts))):]
                continue
            if not sizes and self.random.random() < 0.9:
                break
            part, used = self.part(sizes, length, count == 1)
            parts.append(part)
            sizes = sizes[used:]
        if len(parts) == 1 and isinstance(parts[0], list) and parts[0] and isinstance(parts[0][0], list):
            parts.append("...")
        return parts

    def value_shape(self, shape):
        shape = [1 if self.random.random() < 0.2 else size for size in shape]
        if self.random.random() < 0.2:
            shape = shape[self.random.randint(0, len(shape)):]
        if self.random.random() < 0.3:
            shape = [1] * self.random.randint(1, 2) + shape
        if self.random.random() < 0.06:
            shape = shape + [5]
        return shape


def weighed(tensor):
    """One number that tells tensors apart; exact, for elements are halves."""
    return sum((i + 1) * float(value) for i, value in enumerate(tensor.detach().reshape(-1).tolist()))


def shortest(number):
    return int(number) if number == int(number) else number


def read(shape, parts, names):
    index = python_index(parts)
    count = torch.Size(shape).numel()
    leaf = torch.arange(float(count)).reshape(shape).requires_grad_()
    plain = torch.arange(count).reshape(shape)
    try:
        name = leaf[index].grad_fn.name()
        result = plain[index]
    except (IndexError, RuntimeError, ValueError, TypeError):
        return 0
    before = weighed(result)
    result.fill_(-1)
    if name not in names:
        names.append(name)
    return [list(result.shape), shortest(before), shortest(weighed(plain)), names.index(name)]


def written(shape, dtype, parts, value):
    """What x[parts] = value leaves; for floats also the gradients of x and of the value."""
    index = python_index(parts)
    count = torch.Size(shape).numel()
    base = torch.arange(count).reshape(shape).to(getattr(torch, dtype))
    floats = dtype == "float32"
    if isinstance(value, dict):
        kind, sizes = value["t"]
        given = (torch.arange(torch.Size(sizes).numel()).reshape(sizes) + 50).to(getattr(torch, kind))
    else:
        given = value
    leaves = []
    if floats:
        base.requires_grad_()
        leaves.append(base)
        if isinstance(given, torch.Tensor) and given.dtype == torch.float32:
            leaves.append(given.requires_grad_())
    target = base.clone()
    try:
        target[index] = given
    except (IndexError, RuntimeError, ValueError, TypeError):
        return 0
    result = [shortest(weighed(target))]
    if floats:
        weights = torch.arange(1.0, count + 1).reshape(shape)
        (target * weights).sum().backward()
        result += [None if leaf.grad is None else shortest(weighed(leaf.grad)) for leaf in leaves]
    return result


def indexing():
    """x[…] and x[…] = v of x = arange: shapes, parts, and what comes, 0 where Python raises."""
    warnings.simplefilter("ignore")
    draw = Draw(15)
    names, reads, writes = [], [], []
    while len(reads) < 1600:
        shape = draw.shape()
        parts = draw.index(shape)
        reads.append([shape, parts, read(shape, parts, names)])
    numbers = (0, 5, -1, 2.5, -2.5, True, False, 300, 70000, 1e20)
    while len(writes) < 1600:
        shape = draw.shape()
        parts = draw.index(shape)
        dtype = draw.random.choice(DTYPES)
        result = read(shape, parts, [])
        if draw.random.random() < 0.4:
            value = draw.random.choice(numbers)
        else:
            kind = dtype if draw.random.random() < 0.85 else draw.random.choice(DTYPES)
            value = {"t": [kind, draw.value_shape(result[0] if result else [2])]}
        writes.append([shape, dtype, parts, value, written(shape, dtype, parts, value)])
    return {"names": names, "reads": reads, "writes": writes}
