import { nn, type Tensor } from 'lenet-torch';

/** Krizhevsky, Sutskever and Hinton, 2012, for images of one channel. `(N, 1, 224, 224)` → logits `(N, 10)`. */
export default class AlexNet extends nn.Module {
  net: nn.Sequential;

  constructor(numClasses = 10) {
    super();
    this.net = new nn.Sequential(
      new nn.Conv2d(1, 96, 11, { stride: 4, padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, 2),
      new nn.Conv2d(96, 256, 5, { padding: 2 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, 2),
      new nn.Conv2d(256, 384, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Conv2d(384, 384, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Conv2d(384, 256, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.MaxPool2d(3, 2),
      new nn.Flatten(),
      new nn.Linear(256 * 5 * 5, 4096),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(4096, 4096),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(4096, numClasses),
    );
  }

  get inputShape(): [number, number, number] {
    return [1, 224, 224];
  }

  forward(X: Tensor): Tensor {
    return this.net.forward(X);
  }
}
