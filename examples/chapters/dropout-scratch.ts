// Dropout from scratch: its layer and the training loop written by hand.
// Run: npm run example -- dropout-scratch [--epochs N] [--images N]
import { nn, type Tensor } from 'lenet-torch';

import DropoutMLPScratch from './networks/dropoutMlpScratch.js';
import { trainByHand } from './parts/byHand.js';
import { garments } from './parts/garments.js';
import { settings } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 10, images: 60_000 });
const net = new DropoutMLPScratch();
const [trainIter, testIter] = garments({ batchSize: 256, images });
const crossEntropy = new nn.CrossEntropyLoss();
const loss = (yHat: Tensor, y: Tensor): Tensor => crossEntropy.forward(yHat, y);
trainByHand(net, trainIter, testIter, loss, 0.1, epochs);
