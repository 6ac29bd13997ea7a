"""The chapter "LeNet" in Python, with the cells of notebook.ts: python examples/notebook.py [FOLDER]

Needs torch and torchvision; the data set is downloaded into the folder.
"""

import sys
import time

import torch
import torchvision
from torch import nn, optim

# In [22]
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
print(device)


# In [32]
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(1, 6, 5),  # in_channels, out_channels, kernel_size
            nn.Sigmoid(),
            nn.MaxPool2d(2, 2),  # kernel_size, stride
            nn.Conv2d(6, 16, 5),
            nn.Sigmoid(),
            nn.MaxPool2d(2, 2),
        )

        self.fc = nn.Sequential(
            nn.Linear(16 * 4 * 4, 120),
            nn.Sigmoid(),
            nn.Linear(120, 84),
            nn.Sigmoid(),
            nn.Linear(84, 10),
        )

    def forward(self, img):
        feature = self.conv(img)
        return self.fc(feature.view(img.shape[0], -1))


# In [33]
net = LeNet()
print(net)

# In [34]
batch_size = 256
train_iter, test_iter = (
    torch.utils.data.DataLoader(
        torchvision.datasets.FashionMNIST(
            sys.argv[1] if len(sys.argv) > 1 else 'data',
            train=train,
            download=True,
            transform=torchvision.transforms.ToTensor(),
        ),
        batch_size=batch_size,
        shuffle=train,
    )
    for train in (True, False)
)


# In [35]
@torch.no_grad()
def evaluate_accuracy(data_iter, net):
    net.eval()
    right, count = 0, 0
    for X, y in data_iter:
        scores = net(X.to(device))
        right += (scores.argmax(dim=1).cpu() == y).sum().item()
        count += len(y)
    net.train()
    return right / count


untrained = evaluate_accuracy(test_iter, net)
print(f'before training, test acc {untrained:.3f}')


# In [36]
def train(net, train_iter, test_iter, optimizer, num_epochs):
    net.to(device)
    print('training on', device)
    loss = nn.CrossEntropyLoss()
    for epoch in range(1, num_epochs + 1):
        total, right, count = 0.0, 0, 0
        start = time.time()
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            scores = net(X)
            l = loss(scores, y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total += l.item()
            right += (scores.argmax(dim=1) == y).sum().item()
            count += len(y)
        test_acc = evaluate_accuracy(test_iter, net)
        print(f'epoch {epoch}, loss {total / len(train_iter):.4f}, '
              f'train acc {right / count:.3f}, test acc {test_acc:.3f}, '
              f'time {time.time() - start:.1f} sec')


# In [37]
lr, num_epochs = 0.001, 5
optimizer = optim.Adam(net.parameters(), lr=lr)
train(net, train_iter, test_iter, optimizer, num_epochs)
