// Eager training beside tuned PyTorch, and the cost of one operator call, in one interleaved run.
import { fileURLToPath } from 'node:url';

import { fashionMnist } from '../dist/data/sets/idxSets.js';
import { locateSet } from '../dist/data/sets/locate.js';
import { Contender, interleave, median } from './contender.js';
import { readOptions } from './options.js';
import { pythonFor } from './python.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

// Pair by pair: the machine's speed drifts, and both halves of a pair see the same of it.
function ratio(ours, theirs) {
  return median(ours.rounds.map(({ seconds }, i) => seconds / theirs.rounds[i].seconds));
}

async function compare(mode, pythonMode, { rounds, threads, limit }) {
  const { dir } = locateSet(fashionMnist);
  const rest = [dir, `${threads}`, `${limit}`];
  const python = pythonFor('pytorch');
  const contenders = [
    new Contender('lenet-torch', process.execPath, [peer('lenet-torch.js'), mode, ...rest]),
    new Contender('PyTorch 2.11', python, [peer('torch_peer.py'), pythonMode, ...rest]),
  ];
  await interleave(contenders, rounds);
  return contenders;
}

export async function main(args) {
  const options = readOptions(args, { rounds: 5, threads: 2, limit: 0 });
  console.log(`Machine: ${machine()}; ${options.threads} threads`);
  const [calls, pythonCalls] = await compare('operator', 'operator', options);
  const [ours, theirs] = await compare('eager', 'tuned', options);
  printTable([
    {
      what: 'add of two tiny tensors, µs per call',
      'lenet-torch': (calls.median * 10).toFixed(2),
      PyTorch: (pythonCalls.median * 10).toFixed(2),
      'ratio (median of pairs)': ratio(calls, pythonCalls).toFixed(2),
    },
    {
      what: 'eager epoch with test pass, s (PyTorch: data resident, fused Adam)',
      'lenet-torch': ours.median.toFixed(2),
      PyTorch: theirs.median.toFixed(2),
      'ratio (median of pairs)': ratio(ours, theirs).toFixed(2),
    },
  ]);
}
