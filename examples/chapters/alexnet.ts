// AlexNet: the network that won in 2012.
// Run: npm run example -- alexnet [--epochs N] [--images N]
// All images take some 20 minutes an epoch on two cores, five epochs are the book's.
import { optim, summary, train } from 'lenet-torch';

import AlexNet from './networks/alexnet.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 128;
const net = new AlexNet();
console.log(summary(net, net.inputShape));
const [trainIter, testIter] = garments({ batchSize, images, resize: 224 });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
