// Augmentation: few images, as they are and changed at random each time.
// Run: npm run example -- augmentation [--epochs N] [--images N]
import { manualSeed, optim, train, transforms } from 'lenet-torch';

import BNLeNet from './networks/bnLenet.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 30, images: 2000 });
const batchSize = 64;
const { ColorJitter, RandomCrop, RandomHorizontalFlip } = transforms;
// Turned around, moved by up to two pixels, made brighter or darker: each image by itself.
const changes = [
  new RandomHorizontalFlip(),
  new RandomCrop(28, { padding: 2 }),
  new ColorJitter({ brightness: 0.3 }),
];

for (const augment of [[], changes]) {
  console.log(augment.length === 0 ? 'as they are' : 'changed at random');
  manualSeed(0);
  const net = new BNLeNet();
  // The whole test set, however few are trained with.
  const [trainIter] = garments({ batchSize, images, augment });
  const [, testIter] = garments({ batchSize: 256, images: 10_000 });
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
  await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
}
