// Predictions of a network, the chapter's LeNet unless told: this package beside ONNX Runtime for Node and PyTorch, interleaved.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { cacheDir } from '../dist/libtorch/cache.js';
import { Contender, interleave, median } from './contender.js';
import { npmFor } from './npm.js';
import { readOptions } from './options.js';
import { pythonFor } from './python.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));
const columns = {
  'batch 1, p50 µs': ({ p50 }) => p50.toFixed(1),
  'p99 µs': ({ p99 }) => p99.toFixed(1),
  'batch 16, images/s': ({ at16 }) => Math.round(at16),
  'batch 256': ({ at256 }) => Math.round(at256),
  'batch 10,000': ({ at10000 }) => Math.round(at10000),
  'batch 1': ({ at1 }) => Math.round(at1),
  '32 callers of 1': ({ callers32 }) => (callers32 === undefined ? '–' : Math.round(callers32)),
};

function medians(rounds) {
  const keys = Object.keys(rounds[0]);
  return Object.fromEntries(keys.map((key) => [key, median(rounds.map((round) => round[key]))]));
}

export async function main(args) {
  const { rounds, threads, network } = readOptions(args, {
    rounds: 5,
    threads: 0,
    network: 'lenet',
  });
  console.log(`Machine: ${machine()}`);
  const python = pythonFor('pytorch');
  const folder = path.join(cacheDir(), 'bench', `network-${network}`);
  if (!fs.existsSync(path.join(folder, 'network.onnx'))) {
    const { status } = spawnSync(python, [peer('export.py'), network, folder], {
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error('exporting the network failed');
  }
  const env = { ONNXRUNTIME: npmFor('onnxruntime-node') };
  const rows = [];
  for (const count of threads ? [threads] : [1, 2]) {
    const node = (who) => [
      process.execPath,
      [peer('predict.js'), who, network, folder, `${count}`],
      env,
    ];
    const contenders = [
      new Contender('lenet-torch', ...node('lenet-torch')),
      new Contender('ONNX Runtime', ...node('onnxruntime')),
      new Contender('PyTorch', python, [peer('predict.py'), network, folder, `${count}`]),
    ];
    await interleave(contenders, rounds);
    for (const contender of contenders) {
      const figures = medians(contender.rounds);
      const cells = Object.entries(columns).map(([name, cell]) => [name, cell(figures)]);
      rows.push({ who: contender.name, threads: count, ...Object.fromEntries(cells) });
    }
  }
  printTable(rows);
  const results = fileURLToPath(new URL('results/', import.meta.url));
  fs.mkdirSync(results, { recursive: true });
  fs.writeFileSync(
    path.join(results, 'predict.json'),
    `${JSON.stringify({ machine: machine(), network, rows }, null, 2)}\n`,
  );
}
