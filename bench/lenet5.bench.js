// LeNet-5: an epoch with its test pass beside tuned PyTorch, and the partial connection table beside a
// full convolution, interleaved.
import { fileURLToPath } from 'node:url';

import { fashionMnist } from '../dist/data/sets/idxSets.js';
import { locateSet } from '../dist/data/sets/locate.js';
import { Contender, interleave, median } from './contender.js';
import { readOptions } from './options.js';
import { pythonFor } from './python.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

// Pair by pair: the machine's speed drifts, and both halves of a pair see the same of it.
function row(what, ours, theirs) {
  const ratios = ours.rounds.map(({ seconds }, i) => seconds / theirs.rounds[i].seconds);
  return {
    what,
    'first, s': ours.median.toFixed(3),
    'second, s': theirs.median.toFixed(3),
    'ratio (median of pairs)': median(ratios).toFixed(2),
  };
}

export async function main(args) {
  const { rounds, threads, limit } = readOptions(args, { rounds: 7, threads: 2, limit: 6000 });
  console.log(`Machine: ${machine()}; ${threads} threads, ${limit} images`);
  const { dir } = locateSet(fashionMnist);
  const node = (name, mode) =>
    new Contender(name, process.execPath, [peer('lenet5.js'), mode, dir, `${threads}`, `${limit}`]);
  const python = [peer('lenet5.py'), dir, `${threads}`, `${limit}`];
  const epochs = [
    node('lenet-torch', 'epoch'),
    new Contender('PyTorch 2.11', pythonFor('pytorch'), python),
  ];
  await interleave(epochs, rounds);
  const convolutions = [node('partial', 'partial'), node('full', 'full')];
  await interleave(convolutions, 5 * rounds);
  printTable([
    row('epoch with test pass: lenet-torch, PyTorch 2.11 (tuned)', ...epochs),
    row('20 × C3 and its gradients: partial table, full convolution', ...convolutions),
  ]);
}
