// Dropout behind both hidden layers of a perceptron.
// Run: npm run example -- dropout [--epochs N] [--images N]
import { optim, train } from 'lenet-torch';

import DropoutMLP from './networks/dropoutMlp.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 10, images: 60_000 });
const batchSize = 256;
const net = new DropoutMLP();
console.log(net);
const [trainIter, testIter] = garments({ batchSize, images });
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
