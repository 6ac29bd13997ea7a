// Batch normalization in LeNet.
// Run: npm run example -- batch-norm [--epochs N] [--images N]
import { optim, train } from 'lenet-torch';

import BNLeNet from './networks/bnLenet.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 256;
const net = new BNLeNet();
console.log(net);
const [trainIter, testIter] = garments({ batchSize, images });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
