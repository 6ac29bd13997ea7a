// Networks of the benchmarks besides the chapter's; networks.py has the same for PyTorch.
import { nn } from '../../dist/index.js';

const { AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, Module, ReLU, Sequential } = nn;

// Two convolutions around which the input goes too, as in ResNet-18.
class Block extends Module {
  constructor(from, to, stride) {
    super();
    this.conv1 = new Conv2d(from, to, 3, { stride, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d(to);
    this.conv2 = new Conv2d(to, to, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d(to);
    this.relu = new ReLU();
    this.shortcut =
      stride === 1
        ? new Sequential()
        : new Sequential(new Conv2d(from, to, 1, { stride, bias: false }), new BatchNorm2d(to));
  }

  forward(x) {
    const inner = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    const outer = this.bn2.forward(this.conv2.forward(inner));
    return this.relu.forward(outer.add(this.shortcut.forward(x)));
  }
}

/** The chapter's convolutional network with other parts. */
function chapter({ activation = 'Sigmoid', pool = 'MaxPool2d', padding = 0, channels = [6, 16] }) {
  const act = () => new nn[activation]();
  const block = (from, to) => [new Conv2d(from, to, 5, { padding }), act(), new nn[pool](2)];
  const side = padding === 2 ? 7 : 4;
  return new Sequential(
    ...block(1, channels[0]),
    ...block(channels[0], channels[1]),
    new Flatten(),
    new Linear(channels[1] * side * side, 120),
    act(),
    new Linear(120, 84),
    act(),
    new Linear(84, 10),
  );
}

const networks = {
  mlp: () => new Sequential(new Flatten(), new Linear(784, 256), new ReLU(), new Linear(256, 10)),
  // ResNet-18's plan with two stages fewer and a fourth of its channels.
  resnet: () =>
    new Sequential(
      new Conv2d(1, 16, 3, { padding: 1, bias: false }),
      new BatchNorm2d(16),
      new ReLU(),
      new Block(16, 16, 1),
      new Block(16, 16, 1),
      new Block(16, 32, 2),
      new Block(32, 32, 1),
      new AvgPool2d(14),
      new Flatten(),
      new Linear(32, 10),
    ),
};

export const variant = ({ network, ...options }) =>
  network === undefined ? chapter(options) : networks[network]();
