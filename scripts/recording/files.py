import hashlib
import os
import pathlib
import subprocess
import tempfile

import __main__
import torch
from torch import nn

from .exactly import exactly
from .folder import FOLDER


def every_dtype():
    names = """bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float16 bfloat16 float32 float64 complex64
        float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz""".split()
    source = torch.tensor([[0, 1, 2.5], [3, 100, 7]])
    return {name: source.to(getattr(torch, name)) for name in names}


class Unknown:
    """What only the script that saved it defines."""

    __module__ = "__main__"


# Pickle writes a class as its name, and refuses where that name does not lead to it.
__main__.Unknown = Unknown


class Malicious:
    def __reduce__(self):
        return (os.system, ("touch executed",))


def files():
    from safetensors.torch import load_file, save_file

    torch.manual_seed(5)
    folder = FOLDER / "files"
    folder.mkdir(exist_ok=True)
    tensors = {**every_dtype(), "scalar": torch.tensor(3.5), "empty": torch.zeros(0, 4), 'λ "\n': torch.tensor([1, -2])}
    save_file(tensors, folder / "tensors.safetensors", metadata={"made by": "safetensors \"0.8\""})
    save_file({}, folder / "none.safetensors")

    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    net(torch.rand(4, 2)).sum().backward()
    optimizer.step()
    base = torch.arange(10.0)
    attributed = torch.ones(2)
    attributed.note = "left out"
    z = torch.tensor([1 + 2j, 3 - 1j])
    saved = {
        "tensor": torch.randn(2, 3),
        "state": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "dtypes": {**every_dtype(), "complex128": z.to(torch.complex128), "e8m0": torch.ones(2).to(torch.float8_e8m0fnu)},
        "views": [base[2:5], base[::2], base.reshape(2, 5).t(), base, torch.ones(1).expand(3), base[10:], z.conj(), z.clone().conj().imag],
        "nested": {"numbers": [0, -1, 255, 256, 65536, 2**31, -(2**31) - 1, 2**53 - 1, 2**53, 2**70, -(2**70), 1.5, -0.0, 1e300],
                   "none": None, "yes": True, "text": "λ😀", "bytes": b"ab\xff", "bytearray": bytearray(b"x"), "tuple": (1, (), (2, [3])),
                   "set": {1, 2}, "size": torch.Size([2, 3]), "device": torch.device("cuda:1"), "dtype": torch.bfloat16,
                   "parameter": nn.Parameter(torch.zeros(2)), "attributed": attributed, "leaf": torch.ones(1, requires_grad=True),
                   "empty": [[], {}, torch.zeros(0, 3), torch.tensor(7)]},
        "keys": {1: "one", "two": 2, None: 3, "__proto__": 4},
    }
    for name, value in saved.items():
        torch.save(value, folder / f"{name}.pt")
    torch.save({"a": torch.ones(1), "b": Unknown()}, folder / "class.pt")
    torch.save([Malicious()], folder / "function.pt")
    torch.save(torch.ones(1), folder / "old.pt", _use_new_zipfile_serialization=False)

    with tempfile.TemporaryDirectory() as made:
        subprocess.run(["node", FOLDER.parent / "io" / "save.child.mjs", made], check=True)
        paths = sorted(pathlib.Path(made).iterdir())
        written = {
            path.name: {
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "value": exactly(load_file(path) if path.suffix == ".safetensors" else torch.load(path, weights_only=True)),
            }
            for path in paths
        }
    return {"tensors": exactly(tensors), "saved": exactly(saved), "written": written}
