// Networks of the benchmarks; networks.py has the same for PyTorch, networks.json lists of layers for both.
import { readFileSync } from 'node:fs';

import { nn } from '../../dist/index.js';

const { AvgPool2d, BatchNorm2d, Conv2d, Flatten, Linear, Module, ReLU, Sequential } = nn;
const lists = JSON.parse(readFileSync(new URL('networks.json', import.meta.url), 'utf8'));

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

// ResNet-18's plan with two stages fewer and a fourth of its channels.
function resnet() {
  return new Sequential(
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
  );
}

const listed = (layers) =>
  new Sequential(...layers.map(([name, ...args]) => new nn[name](...args)));

/** A network by its name, or the chapter's with other parts. */
export function variant({ network = 'lenet', ...options }) {
  if (network === 'lenet') return chapter(options);
  return network === 'resnet' ? resnet() : listed(lists[network]);
}
