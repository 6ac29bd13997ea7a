"""Records what real PyTorch computes, for the tests to compare with: python scripts/reference.py [PART …]

Needs torch 2.11.0 (pip install torch==2.11.0); "names", "parity" and "augmented" torchvision 0.26.0, "files" safetensors 0.8.0 and, as "resume", the package built, "metrics" scikit-learn, "images"
"headers", "resized" and "resized_sizes" Pillow, "picture_folder" and "sets" torchvision too. Writes test/reference/PART.json for the parts named, or for all: see PARTS. "training" trains for some minutes on the real
data, which "augmented" reads too (Debian's dataset-fashion-mnist, or the folder in FASHION_MNIST).
"""

import json
import sys

import torch

from recording.archives import archives
from recording.augmented import augmented
from recording.autograd import autograd
from recording.averages import averages
from recording.chapters import chapters
from recording.files import files
from recording.folder import FOLDER
from recording.functions import functions
from recording.groups import groups
from recording.headers import headers
from recording.images import images
from recording.indexing import indexing
from recording.initial import initial
from recording.layers import layers
from recording.layouts import layouts
from recording.lenet import lenet
from recording.lenet5 import lenet5
from recording.loading import loading
from recording.loads import loads
from recording.metrics import metrics
from recording.names import names
from recording.numbers import numbers
from recording.optim import optim
from recording.operators import operators
from recording.optimizers import optimizers
from recording.order import order
from recording.parallel import parallel
from recording.parity import parity
from recording.picture_folder import picture_folder
from recording.resized import resized, resized_sizes
from recording.resume import resume
from recording.samplers import samplers
from recording.sets import sets
from recording.states import states
from recording.text import text
from recording.training import training
from recording.utils import utils

PARTS = {
    f.__name__: f
    for f in (
        operators, layers, functions, optimizers, groups, layouts, resume, initial, states, lenet, lenet5, chapters, order, text, archives, files, metrics, images,
        headers, picture_folder, sets, resized, resized_sizes, indexing, numbers, augmented, parallel, samplers, loading, parity, optim, loads, names, utils, autograd, averages, training,
    )
}

if __name__ == "__main__":
    assert torch.__version__.startswith("2.11.0"), f"expected torch 2.11.0, found {torch.__version__}"
    unknown = set(sys.argv[1:]) - set(PARTS)
    if unknown:
        sys.exit(f"reference.py: no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part in sys.argv[1:] or PARTS:
        (FOLDER / f"{part}.json").write_text(json.dumps(PARTS[part](), separators=(",", ":")) + "\n")
        print(part)
