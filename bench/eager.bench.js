// Eager training beside tuned PyTorch, and what calls of operators cost, in one interleaved run.
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

// An epoch with its test pass. Examples that a network is given at most: fewer where it takes long.
const networks = {
  LeNet: { most: 60_000 },
  'MLP 784-256-10': { most: 60_000, variant: { network: 'mlp' } },
  'small ResNet, 6,000 images': { most: 6000, variant: { network: 'resnet' } },
};

async function compareEpochs({ rounds, threads, limit }) {
  const { dir } = locateSet(fashionMnist);
  const rows = [];
  for (const [what, { most, variant }] of Object.entries(networks)) {
    const rest = [dir, `${threads}`, `${Math.min(limit || most, most)}`];
    const env = variant === undefined ? {} : { VARIANT: JSON.stringify(variant) };
    const python = pythonFor('pytorch');
    const [ours, theirs] = [
      new Contender(
        'lenet-torch',
        process.execPath,
        [peer('lenet-torch.js'), 'eager', ...rest],
        env,
      ),
      new Contender('PyTorch 2.11', python, [peer('torch_peer.py'), 'tuned', ...rest], env),
    ];
    await interleave([ours, theirs], rounds);
    rows.push({
      's per eager epoch (PyTorch: data resident, fused Adam)': what,
      'lenet-torch': ours.median.toFixed(2),
      PyTorch: theirs.median.toFixed(2),
      'ratio (median of pairs)': ratio(ours, theirs).toFixed(2),
    });
  }
  return rows;
}

// CPU time of calls, one thread on either side: what they cost whatever else the machine does.
async function compareCalls({ rounds, calls }) {
  const contenders = [
    new Contender('lenet-torch', process.execPath, [peer('calls.js'), `${calls}`]),
    new Contender('PyTorch 2.11', pythonFor('pytorch'), [peer('calls.py'), `${calls}`]),
  ];
  await interleave(contenders, rounds);
  const [ours, theirs] = contenders.map((contender) =>
    contender.rounds.map((round) => round.calls),
  );
  return Object.keys(ours[0]).map((what) => {
    const times = (rows) => rows.map((row) => row[what]);
    const ratios = ours.map((row, i) => row[what] / theirs[i][what]);
    return {
      'µs of CPU time per call': what,
      'lenet-torch': median(times(ours)).toFixed(2),
      PyTorch: median(times(theirs)).toFixed(2),
      'ratio (median of pairs)': median(ratios).toFixed(2),
    };
  });
}

export async function main(args) {
  const options = readOptions(args, { rounds: 5, threads: 2, limit: 0, calls: 50_000, epochs: 1 });
  console.log(`Machine: ${machine()}; ${options.threads} threads`);
  printTable(await compareCalls(options));
  if (options.epochs === 0) return;
  console.log();
  printTable(await compareEpochs(options));
}
