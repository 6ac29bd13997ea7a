// RNN from scratch: the same network with nothing but tensors.
// Run: npm run example -- rnn-scratch [--epochs N] [--windows N]
import { optim } from 'lenet-torch';

import RNNLMScratch from './networks/rnnScratch.js';
import { TimeMachine, trainLanguageModel } from './parts/characters.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, windows } = settings({ epochs: 50, windows: 10_000 });
const device = tryGpu();
const book = new TimeMachine();
const net = new RNNLMScratch(book.vocab.length);
const optimizer = new optim.SGD(net.parameters(), { lr: 1 });
trainLanguageModel(net, book.loaders(1024, 32, windows), optimizer, device, epochs);
console.log(book.continued(net, 'it has', 40, device));
