"""The parts of scripts/reference.py: the function PART in PART.py returns what test/reference/PART.json holds.

Below them: encode.py and exactly.py turn values into JSON, call.py calls a function and records its gradients, paper.py is what
LeNet-5 adds to PyTorch's layers, folder.py where it all goes.
"""
