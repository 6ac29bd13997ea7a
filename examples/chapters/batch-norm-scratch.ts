// Batch normalization from scratch: its layer written by hand.
// Run: npm run example -- batch-norm-scratch [--epochs N] [--images N]
import { optim, train } from 'lenet-torch';

import BNLeNetScratch from './networks/bnLenetScratch.js';
import { garments } from './parts/garments.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 5, images: 60_000 });
const batchSize = 256;
const net = new BNLeNetScratch();
console.log(net);
const [trainIter, testIter] = garments({ batchSize, images });
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
await train(net, trainIter, testIter, batchSize, optimizer, tryGpu(), epochs);
