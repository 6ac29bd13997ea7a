import base64
import hashlib
import json
import tempfile
from pathlib import Path

import numpy
from torchvision.datasets import DatasetFolder, ImageFolder

from .folder import FOLDER

# Sorted by code points, "Z" comes before "a", and a full-width letter before what lies beyond U+FFFF.
TREE = {
    "Zebra/10.png": "rgba.png", "Zebra/9.PNG": "grey.png", "Zebra/a b.png": "300x410.png", "Zebra/note.txt": None,
    "ant/deep/1.png": "grey.png", "ant/deep/er/0.png": "rgba.png", "ant/2.png": "rgba.png", "ant/deep.png": "grey.png", "ant/deep-er/3.png": "grey.png",
    "\uff21/x.png": "grey.png", "\U0001f600/x.png": "rgba.png", "ant/\uff21.png": "grey.png", "ant/\U0001f600.png": "grey.png", "loose.png": "grey.png",
    "ant/kinds/1.png": "rgb.png", "ant/kinds/2.png": "palette.png", "ant/kinds/3.png": "grey-alpha.png", "ant/kinds/4.png": "palette-transparent.png",
    "ant/kinds/5.png": "bits.png", "ant/kinds/6.webp": "lossless.webp", "ant/kinds/7.png": "5x7.png", "ant/kinds/8.png": "grey-transparent-value.png",
}


def picture_folder():
    """What torchvision finds in a tree of pictures, which the test makes too, of the files in images.json."""
    files = {each["name"]: base64.b64decode(each["file"]) for each in json.loads((FOLDER / "images.json").read_text())}
    with tempfile.TemporaryDirectory() as root:
        for path, name in TREE.items():
            file = Path(root, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"text" if name is None else files[name])
        found = ImageFolder(root)
        texts = DatasetFolder(root, lambda path: Path(path).name, extensions=(".txt",), allow_empty=True)
        return {
            "tree": TREE,
            "classes": found.classes,
            "samples": [[str(Path(path).relative_to(root)), label] for path, label in found.samples],
            "pixels": [[*numpy.asarray(image).shape, hashlib.sha256(numpy.asarray(image).tobytes()).hexdigest()] for image, _ in found],
            "texts": [list(each) for each in texts],
        }
