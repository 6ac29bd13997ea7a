// RNN: a recurrent network that learns to write a novel character by character.
// Run: npm run example -- rnn [--epochs N] [--windows N]
import { nn, optim } from 'lenet-torch';

import RecurrentLM from './networks/recurrent.js';
import { TimeMachine, trainLanguageModel } from './parts/characters.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, windows } = settings({ epochs: 50, windows: 10_000 });
const device = tryGpu();
const book = new TimeMachine();
const net = new RecurrentLM(nn.RNN, book.vocab.length);
const optimizer = new optim.SGD(net.parameters(), { lr: 1 });
trainLanguageModel(net, book.loaders(1024, 32, windows), optimizer, device, epochs);
console.log(book.continued(net, 'it has', 40, device));
