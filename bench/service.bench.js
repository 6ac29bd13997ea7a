// A service with few requests: a lone image every so often, beside processes that keep the processors busy. This
// package and ONNX Runtime for Node, interleaved; what a bare timer meets on this machine stands beside.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Contender, interleave, median } from './contender.js';
import { npmFor } from './npm.js';
import { readOptions } from './options.js';
import { machine, printTable } from './report.js';

const peer = fileURLToPath(new URL('peers/service.js', import.meta.url));

export async function main(args) {
  const options = readOptions(args, { rounds: 3, calls: 100, pause: 120, busy: 2 });
  const { rounds, calls, pause, busy } = options;
  console.log(`Machine: ${machine()}; ${busy} busy processes; a request each ${pause} ms`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-bench-'));
  const others = Array.from({ length: busy }, () => spawn('sh', ['-c', 'while :; do :; done']));
  try {
    const env = { ONNXRUNTIME: npmFor('onnxruntime-node') };
    const contenders = ['lenet-torch', 'ONNX Runtime'].map((name) => {
      const given = [peer, name, path.join(folder, `${name}.onnx`), `${calls}`, `${pause}`];
      return new Contender(name, process.execPath, given, env);
    });
    await interleave(contenders, rounds);
    const ms = (value) => `${value.toFixed(2)} ms`;
    printTable(
      contenders.map(({ name, rounds }) => {
        const of = (key) => ms(median(rounds.map((round) => round[key])));
        return {
          who: name,
          p50: of('p50'),
          p99: of('p99'),
          'CPU per call': of('cpu'),
          'event loop late, p99': of('loop'),
          'a bare timer late, p99': of('timer'),
        };
      }),
    );
  } finally {
    for (const child of others) child.kill();
    fs.rmSync(folder, { recursive: true });
  }
}
