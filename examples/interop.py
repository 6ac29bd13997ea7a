"""Opens what examples/interop.ts has saved, and saves weights for it: python examples/interop.py [FOLDER]

Needs torch and safetensors (pip install torch safetensors).
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2, 2))
        self.fc = nn.Sequential(
            nn.Linear(16 * 4 * 4, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10))

    def forward(self, img):
        return self.fc(self.conv(img).view(img.shape[0], -1))


folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "interop")
saved = torch.load(folder / "lenet.pt", weights_only=True)
net = LeNet()
for name, state in (("lenet.pt", saved["state"]), ("lenet.safetensors", load_file(folder / "lenet.safetensors"))):
    net.load_state_dict(state)
    with torch.no_grad():
        difference = (net(saved["x"]) - saved["logits"]).abs().max().item()
    print(f"{name}: logits differ by at most {difference}")
    assert difference < 1e-5

torch.manual_seed(1)
net, x = LeNet(), torch.rand(4, 1, 28, 28)
with torch.no_grad():
    torch.save({"state": net.state_dict(), "x": x, "logits": net(x)}, folder / "python.pt")
print(f"saved python.pt in {folder}")
