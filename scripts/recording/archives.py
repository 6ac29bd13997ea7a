import base64
import io
import tarfile
import zipfile

import torch

from .exactly import exactly


def repacked(file, **how):
    """The archive as another tool packs it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", **how) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), compress_type=how["compression"])
    return made.getvalue()


def archives():
    """What torch.load opens besides what torch.save writes when nothing is said."""
    torch.manual_seed(17)
    tensor = torch.randn(2, 3)
    data = {"w": tensor, "view": tensor.t(), "half": torch.ones(3, dtype=torch.float16), "n": [1, 2**40, -3, 2.5, None, True, "λ" * 300],
            "bytes": b"ab\xff", "long": bytes(range(256)) * 2, "tuple": (1, (2, 3, 4)), "dict": {1: "a", "b": {}}}

    def saved(data=data, **options):
        file = io.BytesIO()
        torch.save(data, file, **options)
        return file.getvalue()

    plain = saved()
    torch.serialization.set_crc32_options(False)
    unchecked = saved()
    torch.serialization.set_crc32_options(True)
    more = {**data, "set": {1, 2}, "none": set(), "array": bytearray(b"xy")}
    files = {"as it is": plain, "no checksums": unchecked, "deflated": repacked(plain, compression=zipfile.ZIP_DEFLATED),
             "stored anew": repacked(plain, compression=zipfile.ZIP_STORED),
             **{f"protocol {n}": saved(more, pickle_protocol=n) for n in (2, 3, 4, 5)}}
    for name in ("as it is", "no checksums", "deflated", "stored anew", "protocol 2"):
        torch.load(io.BytesIO(files[name]), weights_only=True)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"))
    text = lambda file: base64.b64encode(file).decode()
    return {"data": exactly(data), "more": exactly(more), "files": {name: text(file) for name, file in files.items()},
            "refused": {"bzip2": text(repacked(plain, compression=zipfile.ZIP_BZIP2)), "tar": text(tar.getvalue()),
                        "legacy": text(saved({"w": tensor}, _use_new_zipfile_serialization=False))}}
