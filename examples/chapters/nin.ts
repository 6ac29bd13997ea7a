// NiN: a small network at each place, and no fully connected layers.
// Run: npm run example -- nin [--epochs N] [--images N]
// All images take some 25 minutes an epoch on two cores, five epochs are the book's.
import { optim, summary, train } from 'lenet-torch';

import NiN from './networks/nin.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 128;
const net = new NiN();
console.log(summary(net, net.inputShape));
const [trainIter, testIter] = garments({ batchSize, images, resize: 224 });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.002 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
