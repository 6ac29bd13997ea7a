from torchvision.datasets import EMNIST, KMNIST, MNIST, QMNIST


def sets():
    """What torchvision knows of sets in MNIST's format: names of classes, and sums of the compressed files."""
    result = {}
    for each in (MNIST, KMNIST):
        result[each.__name__.lower()] = {"classes": each.classes, "md5": dict(each.resources)}
    files = [*QMNIST.resources["train"], *QMNIST.resources["test"]]
    result["qmnist"] = {"classes": QMNIST.classes, "md5": {url.split("/")[-1]: md5 for url, md5 in files}}
    for split in EMNIST.splits:
        result[f"emnist-{split}"] = {"classes": EMNIST.classes_split_dict[split], "md5": {EMNIST.url.split("/")[-1]: EMNIST.md5}}
    return result
