import { nn, type Tensor } from 'lenet-torch';

/** Convolutions that keep the size, then a pooling that halves it. */
export function vggBlock(numConvs: number, inChannels: number, outChannels: number): nn.Sequential {
  const layers: nn.Module[] = [];
  for (let i = 0; i < numConvs; i++) {
    const channels = i === 0 ? inChannels : outChannels;
    layers.push(new nn.Conv2d(channels, outChannels, 3, { padding: 1 }), new nn.ReLU());
  }
  return new nn.Sequential(...layers, new nn.MaxPool2d(2, 2));
}

/** Of each block how many convolutions, and how many channels. */
export type Architecture = readonly (readonly [numConvs: number, outChannels: number])[];

/** VGG-11 as it was published; the default below has a quarter of its channels, enough for garments. */
export const vgg11: Architecture = [
  [1, 64],
  [1, 128],
  [2, 256],
  [2, 512],
  [2, 512],
];

const quarter = vgg11.map(([numConvs, outChannels]) => [numConvs, outChannels / 4] as const);

/** Simonyan and Zisserman, 2014. `(N, 1, 224, 224)` → logits `(N, 10)`. */
export default class VGG extends nn.Module {
  net: nn.Sequential;

  constructor(architecture: Architecture = quarter, numClasses = 10) {
    super();
    let channels = 1;
    const blocks = architecture.map(([numConvs, outChannels]) => {
      const block = vggBlock(numConvs, channels, outChannels);
      channels = outChannels;
      return block;
    });
    this.net = new nn.Sequential(
      ...blocks,
      new nn.Flatten(),
      new nn.Linear(channels * 7 * 7, 4096),
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
