// Multilayer perceptron with one hidden layer.
// Run: npm run example -- mlp [--epochs N] [--images N]
import { optim, train } from 'lenet-torch';

import MLP from './networks/mlp.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 10, images: 60_000 });
const batchSize = 256;
const net = new MLP();
console.log(net);
const [trainIter, testIter] = garments({ batchSize, images });
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
