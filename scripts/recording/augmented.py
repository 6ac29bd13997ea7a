import gzip
import os
import pathlib
import tempfile
import zlib

import torch
import torchvision
from torchvision import transforms

PIPELINES = [
    [["RandomCrop", 28, 4], ["RandomHorizontalFlip"], ["ToTensor"]],
    [["Resize", 20], ["ToTensor"], ["RandomErasing"]],
    [["RandomApply", [["RandomResizedCrop", 24]], 0.5], ["Resize", [26, 23]], ["ToTensor"], ["Normalize", [0.5], [0.25]]],
    [["ToTensor"], ["RandomRotation", 20], ["RandomAffine", 10, [0.1, 0.1]]],
    [["Pad", 2], ["CenterCrop", 30], ["ToTensor"]],
]


def augmented():
    """Batches of Fashion-MNIST's test images as torchvision's data set and loader make them: of Pillow's images, one by one."""
    folder = pathlib.Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
    with tempfile.TemporaryDirectory() as root:
        raw = pathlib.Path(root) / "FashionMNIST" / "raw"
        raw.mkdir(parents=True)
        for stem in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
            path = folder / stem
            (raw / stem).write_bytes(path.read_bytes() if path.exists() else gzip.decompress(path.with_name(stem + ".gz").read_bytes()))
        return [batches(root, steps) for steps in PIPELINES]


def made(step):
    name, *given = step
    return getattr(transforms, name)(*[[made(each) for each in value] if isinstance(value, list) and isinstance(value[0], list) else value for value in given])


def batches(root, steps):
    dataset = torchvision.datasets.FashionMNIST(root, train=False, transform=transforms.Compose([made(step) for step in steps]))
    torch.manual_seed(0)
    seen = []
    for images, labels in torch.utils.data.DataLoader(dataset, 32, shuffle=True):
        seen.append({"shape": list(images.shape), "images": zlib.crc32(images.numpy().tobytes()), "labels": labels.tolist()})
        if len(seen) == 3:
            break
    return {"steps": steps, "batches": seen, "after": torch.rand(2).tolist()}
