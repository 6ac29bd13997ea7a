// Softmax regression: one linear layer.
// Run: npm run example -- softmax [--epochs N] [--images N]
import { optim, train } from 'lenet-torch';

import SoftmaxRegression from './networks/softmaxRegression.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 10, images: 60_000 });
const batchSize = 256;
const net = new SoftmaxRegression();
console.log(net);
const [trainIter, testIter] = garments({ batchSize, images });
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
