// DenseNet: layers that see what all before them gave.
// Run: npm run example -- densenet [--epochs N] [--images N]
// All images take some 12 minutes an epoch on two cores, five epochs are the book's.
import { optim, summary, train } from 'lenet-torch';

import DenseNet from './networks/densenet.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 256;
const net = new DenseNet();
console.log(summary(net, net.inputShape));
const [trainIter, testIter] = garments({ batchSize, images, resize: 96 });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
