// Softmax regression from scratch: nothing but tensors, and the training loop written by hand.
// Run: npm run example -- softmax-scratch [--epochs N] [--images N]
import SoftmaxRegressionScratch, { crossEntropy } from './networks/softmaxRegressionScratch.js';
import { trainByHand } from './parts/byHand.js';
import { garments } from './parts/garments.js';
import { settings } from './parts/settings.js';

const { epochs, images } = settings({ epochs: 10, images: 60_000 });
const net = new SoftmaxRegressionScratch();
const [trainIter, testIter] = garments({ batchSize: 256, images });
trainByHand(net, trainIter, testIter, crossEntropy, 0.1, epochs);
