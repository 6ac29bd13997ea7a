// LSTM: a recurrent network with a memory behind gates.
// Run: npm run example -- lstm [--epochs N] [--windows N]
import { nn, optim } from 'lenet-torch';

import RecurrentLM from './networks/recurrent.js';
import { TimeMachine, trainLanguageModel } from './parts/characters.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, windows } = settings({ epochs: 50, windows: 10_000 });
const device = tryGpu();
const book = new TimeMachine();
const net = new RecurrentLM(nn.LSTM, book.vocab.length);
const optimizer = new optim.SGD(net.parameters(), { lr: 4 });
trainLanguageModel(net, book.loaders(1024, 32, windows), optimizer, device, epochs);
console.log(book.continued(net, 'it has', 40, device));
