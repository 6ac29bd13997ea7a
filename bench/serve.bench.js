// The HTTP service beside the same one written on ONNX Runtime for Node, at 1, 32 and 256 connections, with raw bodies
// and PNGs; interleaved. The load comes from a process of its own, on whatever core is free.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';

import * as torch from '../dist/index.js';
import { median } from './contender.js';
import { readOptions } from './options.js';
import { machine, printTable } from './report.js';

const peer = (name) => fileURLToPath(new URL(`peers/${name}.js`, import.meta.url));

class Server {
  #child;
  constructor(who, ...args) {
    this.who = who;
    this.rounds = new Map();
    this.#child = fork(peer('httpService'), [who, ...args]);
  }

  async ready() {
    this.port = (await this.#next()).port;
    return this;
  }

  async #next() {
    const [answer] = await once(this.#child, 'message');
    return answer;
  }

  async measured(work) {
    this.#child.send('begin');
    await this.#next();
    const found = await work();
    this.#child.send('end');
    return { ...found, ...(await this.#next()) };
  }

  close() {
    this.#child.disconnect();
  }
}

class Load {
  #child = spawn(process.execPath, [peer('load')], { stdio: ['pipe', 'pipe', 'inherit'] });
  #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  async run(order) {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    return JSON.parse((await this.#lines.next()).value);
  }

  close() {
    this.#child.stdin.end();
  }
}

async function files(folder) {
  torch.manualSeed(0);
  const net = new torch.LeNet();
  const at = (name) => path.join(folder, name);
  await torch.saveSafetensors(net.stateDict(), at('lenet.safetensors'));
  await torch.exportOnnx(net, at('lenet.onnx'));
  const { images } = new torch.data.FashionMNIST({ train: false });
  const data = images.select(0, 0).data();
  fs.writeFileSync(at('boot.raw'), data);
  fs.writeFileSync(at('boot.png'), encode({ data, width: 28, height: 28, channels: 1 }));
  return at;
}

export async function main(args) {
  const defaults = { rounds: 3, seconds: 2, memory: 0, bodies: 'raw,png', connections: '1,32,256' };
  const options = readOptions(args, {
    ...defaults,
    who: 'lenet-torch,onnxruntime-1,onnxruntime-0,batching-1',
  });
  console.log(`Machine: ${machine()}; ${options.rounds} rounds of ${options.seconds} s each`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-bench-'));
  const at = await files(folder);
  const servers = options.who
    .split(',')
    .map((who) => new Server(who, at('lenet.safetensors'), at('lenet.onnx')));
  const load = new Load();
  try {
    for (const server of servers) await server.ready();
    const cases = options.bodies
      .split(',')
      .flatMap((body) => options.connections.split(',').map((each) => [body, Number(each)]));
    const ask = (server, body, connections, more) =>
      server.measured(() =>
        load.run({ port: server.port, connections, file: at(`boot.${body}`), ...more }),
      );
    for (const server of servers) {
      for (const [body, connections] of cases)
        await ask(server, body, connections, { seconds: 0.5 });
    }
    for (let i = 0; i < options.rounds; i++) {
      for (const [body, connections] of cases) {
        for (const server of i % 2 ? [...servers].reverse() : servers) {
          const key = `${body} ${connections}`;
          const found = await ask(server, body, connections, { seconds: options.seconds });
          server.rounds.set(key, [...(server.rounds.get(key) ?? []), found]);
        }
      }
      process.stderr.write(`round ${i + 1} of ${options.rounds}\n`);
    }
    printTable(cases.flatMap(([body, connections]) => rowsOf(servers, body, connections)));
    if (options.memory > 0) await flatness(servers[0], ask, options.memory);
  } finally {
    for (const server of servers) server.close();
    load.close();
    fs.rmSync(folder, { recursive: true });
  }
}

function rowsOf(servers, body, connections) {
  const of = ({ rounds }, key) =>
    median(rounds.get(`${body} ${connections}`).map((each) => each[key]));
  const [first] = servers;
  return servers.map((server) => ({
    body,
    connections,
    who: server.who,
    'requests/s': Math.round(of(server, 'perSecond')),
    'beside ours': `${(of(first, 'perSecond') / of(server, 'perSecond')).toFixed(2)}×`,
    p50: `${of(server, 'p50').toFixed(2)} ms`,
    p99: `${of(server, 'p99').toFixed(2)} ms`,
    'event loop p99': `${of(server, 'loopMs').toFixed(2)} ms`,
    'CPU per request': `${Math.round(1000 * (of(server, 'cpuMs') / of(server, 'count')))} µs`,
    errors: server.rounds
      .get(`${body} ${connections}`)
      .reduce((sum, { errors }) => sum + errors, 0),
  }));
}

async function flatness(server, ask, requests) {
  const parts = 5;
  const sizes = [];
  for (let i = 0; i < parts; i++) {
    const { memory, errors } = await ask(server, 'raw', 32, { requests: requests / parts });
    sizes.push(`${Math.round(memory / 1e6)} MB${errors > 0 ? ` (${errors} errors)` : ''}`);
  }
  console.log(`${server.who}, memory over ${requests} requests: ${sizes.join(', ')}`);
}
