// One rank with a model, of a group in which something is wrong, as MODE says. Prints the code of the error it ends
// with, how long it took in seconds, the message, and what the group says after it.
import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';

import * as torch from '../../dist/index.js';
import { models } from './parallelModels.mjs';

const { distributed, nn } = torch;
const { DistributedDataParallel } = nn.parallel;
const { MODE: mode, RANK } = process.env;
const rank = Number(RANK);
const isOther = rank === Number(process.env.WORLD_SIZE) - 1;
const timeout = mode === 'fewer' || mode === 'fewerWithBuffers' ? 2000 : 20_000;

class Plain extends nn.Module {
  constructor(members) {
    super();
    for (const [name, member] of Object.entries(members)) this[name] = member;
  }
  forward() {
    return torch.ones(1);
  }
}
const parameter = (shape, dtype = 'float32') => new nn.Parameter(torch.ones(shape, { dtype }));
const withBuffer = (shape) => {
  const result = new Plain({ a: parameter([2]) });
  result.registerBuffer('b', torch.ones(shape));
  return result;
};
const frozen = () => {
  const a = parameter([2]);
  a.requiresGrad = false;
  return a;
};
// Of the last rank, and of the others.
const differing = {
  more: [
    () => new Plain({ a: parameter([2]), b: parameter([2]) }),
    () => new Plain({ a: parameter([2]) }),
  ],
  shape: [() => new Plain({ a: parameter([2, 3]) }), () => new Plain({ a: parameter([3, 2]) })],
  dimensions: [() => new Plain({ a: parameter([6]) }), () => new Plain({ a: parameter([2, 3]) })],
  count: [() => new Plain({ a: parameter([7]) }), () => new Plain({ a: parameter([6]) })],
  name: [() => new Plain({ a: parameter([2]) }), () => new Plain({ b: parameter([2]) })],
  dtype: [
    () => new Plain({ a: parameter([2], 'float64') }),
    () => new Plain({ a: parameter([2]) }),
  ],
  buffer: [() => withBuffer([3]), () => withBuffer([4])],
  frozen: [
    () => new Plain({ a: frozen(), b: parameter([2]) }),
    () => new Plain({ a: parameter([2]), b: parameter([2]) }),
  ],
};

const x = () => torch.rand([4, 4]);
const pass = (net) => net.forward(x()).sum().backward();
const turn = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const modes = {
  // The last rank dies where the others wait for its model.
  deadBefore() {
    if (isOther) process.kill(process.pid, 'SIGKILL');
    new DistributedDataParallel(new nn.Linear(4, 4));
  },
  // The last rank dies where the others wait for its gradients.
  dead() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    pass(net);
    const loss = net.forward(x()).sum();
    if (isOther) process.kill(process.pid, 'SIGKILL');
    loss.backward();
  },
  async deadInJoin() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    await net.join(() => {
      for (let i = 0; i < (isOther ? 5 : 1); i++) {
        if (i === 3) process.kill(process.pid, 'SIGKILL');
        pass(net);
      }
    });
  },
  async fewer() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    // After the second, ranks agree on the order of gradients.
    for (let i = 0; i < (isOther ? 2 : 3); i++) pass(net);
    await turn(6000);
  },
  async fewerWithBuffers() {
    const net = new DistributedDataParallel(new models.Running());
    // Rank 0 gives its buffers and waits for nobody.
    for (let i = 0; i < (rank === 0 ? 1 : 2); i++) pass(net);
    await turn(6000);
  },
  async early() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    const loop = () => {
      for (let i = 0; i < (isOther ? 2 : 4); i++) pass(net);
    };
    await net.join(loop, { throwOnEarlyTermination: true });
  },
  // Other operations would be taken for those that ranks without batches take part in.
  async besideJoin() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    await net.join(() => distributed.allReduce(torch.ones([1])));
  },
  async otherInJoin() {
    const nets = [0, 1].map(() => new DistributedDataParallel(new nn.Linear(4, 4)));
    await nets[0].join(() => pass(nets[1]));
  },
  // What c10d notices only in the pass after it.
  unused() {
    const net = new DistributedDataParallel(new models.Heads());
    for (let i = 0; i < 2; i++) net.forward(x())[0].sum().backward();
  },
  // Prints the errors itself; the group stays open after each.
  differ() {
    const told = {};
    for (const [name, makers] of Object.entries(differing)) {
      const begun = performance.now();
      try {
        new DistributedDataParallel(makers[isOther ? 0 : 1]());
      } catch ({ code, message }) {
        told[name] = { code, message, seconds: (performance.now() - begun) / 1000 };
      }
    }
    pass(new DistributedDataParallel(new nn.Linear(4, 4)));
    console.log(JSON.stringify(told));
  },
  shape() {
    new DistributedDataParallel(differing.shape[isOther ? 0 : 1]());
  },
  // As threads of their own: what is torn down with a thread must not wait, or end the process.
  async worker() {
    const worker = new Worker(new URL(import.meta.url), {
      env: { ...process.env, MODE: 'inWorker' },
    });
    const [code] = await once(worker, 'exit');
    if (code !== 0) throw Object.assign(new Error('worker'), { code });
  },
  async inWorker() {
    const net = new DistributedDataParallel(new models.Running());
    await net.join(() => {
      for (let i = 0; i < 2 + rank; i++) pass(net);
    });
    console.log(JSON.stringify({ message: String(net.stateDict()['module.mean'].tolist()) }));
  },
  async terminated() {
    const worker = new Worker(new URL(import.meta.url), {
      env: { ...process.env, MODE: 'waitsInWorker' },
    });
    if (isOther) return await once(worker, 'exit');
    await once(worker, 'message');
    await worker.terminate();
    console.log(JSON.stringify({ code: 'terminated' }));
    process.exit(0);
  },
  async waitsInWorker() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    await net.join(async () => {
      if (!isOther) return setTimeout(() => parentPort.postMessage('waits'), 300);
      await turn(4000);
      pass(net);
    });
  },
  async exit() {
    const net = new DistributedDataParallel(new nn.Linear(4, 4));
    const loss = net.forward(x()).sum();
    if (isOther) {
      await turn(500);
      process.exit(7);
    }
    loss.backward();
  },
};

if (mode !== 'worker' && mode !== 'terminated') {
  await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout });
}
const start = performance.now();
try {
  await modes[mode]();
  await distributed.destroyProcessGroup();
} catch ({ code, message }) {
  const seconds = (performance.now() - start) / 1000;
  // A group that is closed says so at once.
  const sending = distributed.send(torch.ones([1]), (rank + 1) % 2).catch((error) => error.code);
  const after = await Promise.race([sending, turn(500).then(() => 'open')]);
  console.log(JSON.stringify({ code, seconds, message, after }));
  process.exit(3);
}
