// Several processes on this machine: sums of gradients, and the chapter's training, beside PyTorch's
// DistributedDataParallel and beside one process, in interleaved runs.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { coreBindings } from '../dist/cli/launch/binding.js';
import { fashionMnist } from '../dist/data/sets/idxSets.js';
import { locateSet } from '../dist/data/sets/locate.js';
import { Contender, interleave, median } from './contender.js';
import { makeNetwork } from './network.js';
import { readOptions } from './options.js';
import { pythonFor } from './python.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const results = (name) => fileURLToPath(new URL(`results/${name}`, import.meta.url));

function group(name, file, args, { size, python = false, env = {}, bind = 'none' }) {
  const command = python ? pythonFor('pytorch') : process.execPath;
  const words = [peer('ranks.js'), `${size}`, command, peer(file), ...args.map(String)];
  return new Contender(name, process.execPath, words, {
    ...(bind === 'core' && { BEFORE: JSON.stringify(coreBindings(size)) }),
    OMP_NUM_THREADS: '1',
    GLOO_SOCKET_IFNAME: 'lo',
    ...env,
  });
}

// Round by round: the machine's speed drifts, and both of a round see the same of it.
const ratio = (one, other, of) =>
  median(one.rounds.map((round, i) => of(round) / of(other.rounds[i])));

async function sums({ rounds, ranks, bind }, dir) {
  const args = ['allReduce', dir, 1, 0, 0];
  const node = group('lenet-torch', 'distributed.js', args, { size: ranks, bind });
  const python = group('PyTorch', 'distributed_peer.py', args, {
    size: ranks,
    python: true,
    bind,
  });
  await interleave([node, python], rounds);
  const milliseconds = ({ rounds }, key) =>
    (1000 * median(rounds.map((round) => round[key]))).toFixed(2);
  return [
    ['178 KB', 'small'],
    ['10 MB', 'large'],
  ].map(([what, key]) => ({
    sum: what,
    ranks,
    'lenet-torch, ms': milliseconds(node, key),
    'PyTorch, ms': milliseconds(python, key),
    'PyTorch takes': `${ratio(python, node, (round) => round[key]).toFixed(2)} ×`,
  }));
}

async function training({ rounds, ranks, limit, batch, threads, bind }, dir) {
  const each = Math.max(1, Math.floor(batch / ranks));
  const one = ['lenet-torch.js', `${threads}`];
  const alone = (mode) =>
    new Contender(`${mode}, 1 × ${threads} threads`, process.execPath, [
      peer(one[0]),
      mode,
      dir,
      one[1],
      `${limit}`,
    ]);
  const many = (mode) =>
    group(`${mode}, ${ranks} × 1 thread`, 'distributed.js', [mode, dir, 1, limit, each], {
      size: ranks,
      bind,
    });
  const contenders = {
    fused: alone('fused'),
    fusedShared: many('fused'),
    eager: alone('eager'),
    eagerShared: many('eager'),
    python: group(
      `PyTorch's DDP, ${ranks} × 1 thread`,
      'distributed_peer.py',
      ['train', dir, 1, limit, each],
      {
        size: ranks,
        python: true,
        bind,
      },
    ),
  };
  await interleave(Object.values(contenders), rounds);
  const seconds = (round) => round.seconds;
  const beside = { fusedShared: 'fused', eagerShared: 'eager' };
  return Object.entries(contenders).map(([key, contender]) => ({
    who: contender.name,
    'images per step': `${key.endsWith('Shared') || key === 'python' ? `${ranks} × ${each}` : 256}`,
    'seconds per epoch': contender.median.toFixed(3),
    'speed beside one process':
      key in beside ? `${ratio(contenders[beside[key]], contender, seconds).toFixed(2)} ×` : '–',
    "PyTorch's DDP takes": `${ratio(contenders.python, contender, seconds).toFixed(2)} ×`,
  }));
}

// Over links of a given bandwidth, the chapter's batch on each: what a network makes of it.
async function overLinks({ rounds, limit, batch, mbit }, dir) {
  const rows = [];
  for (const mode of ['fused', 'eager']) {
    for (const size of [1, 2, 4]) {
      const { hosts, first, remove } = makeNetwork(size, mbit);
      try {
        const env = { BEFORE: JSON.stringify(hosts), FIRST: first, GLOO_SOCKET_IFNAME: '' };
        const args = [mode, dir, 1, limit, batch];
        const contender = group(mode, 'distributed.js', args, { size, env });
        await interleave([contender], rounds);
        const steps = Math.ceil(Math.ceil((limit || 60_000) / size) / batch);
        rows.push({
          engine: mode,
          hosts: size,
          'images per step': `${size} × ${batch}`,
          'steps/s': (steps / contender.median).toFixed(1),
          'seconds per epoch': contender.median.toFixed(2),
        });
      } finally {
        remove();
      }
    }
  }
  return rows;
}

export async function main(args) {
  const defaults = {
    rounds: 5,
    ranks: 2,
    threads: 2,
    limit: 0,
    batch: 256,
    only: '',
    bind: 'none',
    mbit: 0,
  };
  const options = readOptions(args, defaults);
  if (
    !['', 'sums', 'training'].includes(options.only) ||
    !['core', 'none'].includes(options.bind) ||
    options.ranks < 1 ||
    options.batch < 1
  ) {
    console.error('--only: sums or training; --bind: core or none; --ranks and --batch: from 1');
    process.exitCode = 2;
    return;
  }
  const { dir } = locateSet(fashionMnist);
  console.log(`Machine: ${machine()}`);
  if (options.mbit > 0) {
    console.log(`Links of ${options.mbit} Mbit/s between network namespaces`);
    return printTable(await overLinks(options, dir));
  }
  const record = { machine: machine(), date: new Date().toISOString().slice(0, 10), options };
  if (options.only !== 'training') {
    record.sums = await sums(options, dir);
    printTable(record.sums);
  }
  if (options.only !== 'sums') {
    record.training = await training(options, dir);
    printTable(record.training);
  }
  fs.mkdirSync(results(''), { recursive: true });
  fs.writeFileSync(results('distributed.json'), `${JSON.stringify(record, null, 2)}\n`);
}
