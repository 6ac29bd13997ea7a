// One epoch of the chapter's training with its test pass: this package beside PyTorch and JAX, in one
// interleaved run. The first epoch (compilers, caches) is not counted.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { fashionMnist } from '../dist/data/sets/idxSets.js';
import { locateSet } from '../dist/data/sets/locate.js';
import { barChart } from './chart.js';
import { Contender, interleave, median } from './contender.js';
import { npmFor } from './npm.js';
import { readOptions } from './options.js';
import { pythonFor } from './python.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const results = (name) => fileURLToPath(new URL(`results/${name}`, import.meta.url));

const contenders = {
  fused: { name: 'lenet-torch, fused', file: 'lenet-torch.js', mode: 'fused' },
  eager: { name: 'lenet-torch, eager', file: 'lenet-torch.js', mode: 'eager' },
  tuned: {
    name: 'PyTorch, tuned',
    file: 'torch_peer.py',
    mode: 'tuned',
    python: 'pytorch',
    // As the package asks for them itself, see askForLargePages() in native/addon.cc.
    env: { THP_MEM_ALLOC_ENABLE: '1' },
  },
  compile: { name: 'torch.compile', file: 'torch_peer.py', mode: 'compile', python: 'pytorch' },
  notebook: {
    name: 'PyTorch, the notebook',
    file: 'torch_peer.py',
    mode: 'notebook',
    python: 'pytorch',
  },
  tfjs: { name: 'TensorFlow.js (a step, scaled)', file: 'tfjs.js', mode: 'train' },
  jax: { name: 'JAX, jit', file: 'jax_peer.py', mode: 'train', python: 'jax' },
};

/** Networks that the fused engine supports besides the chapter's; `most`: how many images, where an epoch takes long. */
const variants = {
  ReLU: { variant: { activation: 'ReLU' } },
  Tanh: { variant: { activation: 'Tanh' } },
  AvgPool2d: { variant: { pool: 'AvgPool2d' } },
  'padding 2': { variant: { padding: 2 } },
  '8 and 24 channels': { variant: { channels: [8, 24] } },
};
const networks = {
  'softmax regression 784-10': { variant: { network: 'softmax' } },
  'perceptron 784-256-10': { variant: { network: 'mlp' } },
  '3×3 convolutions, 32 and 64 channels': { variant: { network: 'cnn' }, most: 6000 },
};

const trainFlop = 1.517e6;
const testFlop = 0.563e6;

// Environment that holds both sides to one instruction set.
function environment(isa) {
  if (isa === '') return {};
  if (isa === 'avx2') {
    return { LENET_TORCH_ISA: isa, ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2' };
  }
  return { LENET_TORCH_ISA: isa };
}

function start(key, { threads, limit }, env) {
  const { name, file, mode, python, env: own } = contenders[key];
  const command = python ? pythonFor(python) : process.execPath;
  const { dir } = locateSet(fashionMnist);
  const packages = key === 'tfjs' ? { TFJS: npmFor('@tensorflow/tfjs') } : {};
  const args = [peer(file), mode, dir, `${threads}`, `${limit}`];
  return new Contender(name, command, args, { ...env, ...own, ...packages });
}

async function race(keys, options, env) {
  const started = keys.map((key) => start(key, options, env));
  await interleave(started, options.rounds);
  return Object.fromEntries(keys.map((key, i) => [key, started[i]]));
}

// Round by round: the machine's speed drifts, and all of a round see the same of it.
function times(slow, fast) {
  return median(slow.rounds.map(({ seconds }, i) => seconds / fast.rounds[i].seconds));
}

function percentOfPeak({ rounds }, limit) {
  const images = limit || 60_000;
  const flop = trainFlop * images + testFlop * Math.max(1, Math.floor(images / 6));
  return median(rounds.map(({ seconds, peak }) => (100 * flop) / seconds / (peak * 1e9)));
}

function rowsOf(threads, raced, { limit }) {
  return Object.entries(raced).map(([key, contender]) => ({
    who: contender.name,
    threads,
    'seconds per epoch': contender.median.toFixed(3),
    'tuned PyTorch takes': raced.tuned ? `${times(raced.tuned, contender).toFixed(2)} ×` : '–',
    '% of FMA peak': key === 'fused' ? percentOfPeak(contender, limit).toFixed(0) : '',
  }));
}

async function compareVariants(variants, options, env) {
  const rows = [];
  for (const [network, { variant, most = 60_000 }] of Object.entries(variants)) {
    const limit = Math.min(options.limit || most, most);
    const VARIANT = JSON.stringify(variant);
    const { fused, tuned, eager } = await race(
      ['fused', 'tuned', 'eager'],
      { ...options, limit },
      { ...env, VARIANT },
    );
    rows.push({
      network,
      images: limit,
      'fused, s': fused.median.toFixed(3),
      'PyTorch tuned, s': tuned.median.toFixed(3),
      'it takes': `${times(tuned, fused).toFixed(2)} ×`,
      'eager, s': eager.median.toFixed(3),
      'eager takes': `${times(eager, fused).toFixed(2)} ×`,
    });
  }
  printTable(rows);
}

// CI: only which is faster, on a part of the data.
async function checkDirection() {
  const raced = await race(['fused', 'eager'], { rounds: 3, threads: 2, limit: 6000 }, {});
  const ratio = times(raced.eager, raced.fused);
  console.log(`fused is ${ratio.toFixed(1)} × as fast as eager (6,000 images, 2 threads)`);
  if (!(ratio > 1)) process.exitCode = 1;
}

export async function main(args) {
  const defaults = {
    rounds: 5,
    threads: 0,
    limit: 0,
    only: '',
    isa: '',
    quick: 0,
    variants: 0,
    networks: 0,
  };
  const options = readOptions(args, defaults);
  // torch.compile refuses to be held to AVX2: it ends with an error under ATEN_CPU_CAPABILITY.
  const all = Object.keys(contenders).filter(
    (key) => !(options.isa === 'avx2' && key === 'compile'),
  );
  const keys = options.only === '' ? all : options.only.split(',');
  const unknown = keys.filter((key) => !(key in contenders));
  if (unknown.length > 0 || !['', 'avx512', 'avx2', 'portable'].includes(options.isa)) {
    console.error(`--only: ${Object.keys(contenders).join(',')}; --isa: avx512, avx2 or portable`);
    process.exitCode = 2;
    return;
  }
  if (options.quick) return checkDirection();
  console.log(`Machine: ${machine()}`);
  const env = environment(options.isa);
  const few = { ...options, threads: options.threads || 2 };
  if (options.variants) return compareVariants(variants, few, env);
  if (options.networks) return compareVariants(networks, few, env);
  const rows = [];
  const fused = {};
  for (const threads of options.threads ? [options.threads] : [2, 1]) {
    const raced = await race(keys, { ...options, threads }, env);
    rows.push(...rowsOf(threads, raced, options));
    if (raced.fused) fused[threads] = raced.fused.median;
    if (threads === 2 && keys.length === Object.keys(contenders).length) writeChart(raced);
  }
  printTable(rows);
  if (fused[1] && fused[2]) {
    console.log(`fused: 2 threads are ${(fused[1] / fused[2]).toFixed(2)} × as fast as one`);
  }
  fs.mkdirSync(results(''), { recursive: true });
  const record = { machine: machine(), date: new Date().toISOString().slice(0, 10), options, rows };
  fs.writeFileSync(results('train.json'), `${JSON.stringify(record, null, 2)}\n`);
}

function writeChart(raced) {
  const rows = Object.entries(raced)
    .map(([key, contender]) => ({
      name: contender.name,
      value: contender.median,
      label: `${contender.median.toFixed(2)} s`,
      ours: ['fused', 'eager'].includes(key),
    }))
    // What takes minutes would leave the others no length.
    .filter(({ value }) => value < 10 * raced.tuned.median)
    .sort((a, b) => a.value - b.value);
  const title = 'Seconds per epoch of LeNet on Fashion-MNIST with its test pass, 2 threads';
  const file = fileURLToPath(new URL('../docs/train.svg', import.meta.url));
  fs.writeFileSync(file, barChart(title, rows));
}
