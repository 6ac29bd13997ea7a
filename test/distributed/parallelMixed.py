"""One rank of Python's, in a group with ranks of Node's: as scripts/recording/parallel.py trains. Prints what it has got, as JSON."""

import json
import pathlib
import sys
from datetime import timedelta

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "scripts"))

import torch
import torch.distributed as dist
from recording.parallel import SCENARIOS, train

torch.set_num_threads(1)
dist.init_process_group("gloo", timeout=timedelta(seconds=60))
scenarios = [each for each in SCENARIOS if each["size"] == dist.get_world_size()]
results = {each["name"]: train(dist.get_rank(), each) for each in scenarios}
dist.destroy_process_group()
print(json.dumps(results))
