// GoogLeNet: windows of several sizes beside each other.
// Run: npm run example -- googlenet [--epochs N] [--images N]
// All images take some 12 minutes an epoch on two cores, five epochs are the book's.
import { optim, summary, train } from 'lenet-torch';

import GoogLeNet from './networks/googlenet.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 128;
const net = new GoogLeNet();
console.log(summary(net, net.inputShape));
const [trainIter, testIter] = garments({ batchSize, images, resize: 96 });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
