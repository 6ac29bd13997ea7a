// VGG: blocks of small convolutions.
// Run: npm run example -- vgg [--epochs N] [--images N]
// All images take some 55 minutes an epoch on two cores, five epochs are the book's.
import { optim, summary, train } from 'lenet-torch';

import VGG from './networks/vgg.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 64;
const net = new VGG();
console.log(summary(net, net.inputShape));
const [trainIter, testIter] = garments({ batchSize, images, resize: 224 });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
