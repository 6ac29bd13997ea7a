import { createServer, type Server } from 'node:http';

import { close, listen } from '../../http/listen.js';
import { classesIn } from '../model/ownModel.js';
import { type LoadedWeights, loadServed } from './weights.js';

/** Options of `lenet-torch serve`, as they have been read. */
export interface ServeCommandOptions {
  weights?: string;
  model?: string;
  classes?: string;
  host: string;
  port: number;
  maxBatch: number;
  maxDelay: number;
  maxQueue: number;
  bodyLimit: number;
  threads?: number;
  device: string;
  watch?: boolean;
}

// Of the ten seconds that whoever stops a server usually waits.
const graceMs = 8000;
// Clients that ask again meanwhile are told that it ends.
const idleMs = 1000;
// A client that sends slowly, or nothing, is cut off then.
const requestTimeout = 30_000;
const headersTimeout = 15_000;
// Longer than proxies keep a connection for later: who closes first loses no request.
const keepAliveTimeout = 75_000;

const say = (message: string): void => void process.stderr.write(`lenet-torch: ${message}\n`);

/** Serves until SIGTERM or SIGINT, and takes new weights at SIGHUP. */
export async function serve(options: ServeCommandOptions): Promise<void> {
  const torch = await import('../../index.js');
  if (options.threads !== undefined) torch.setNumThreads(options.threads);
  const { device } = options;
  const on = device !== 'auto' ? device : torch.cuda.isAvailable() ? 'cuda' : 'cpu';
  // Read once: clients know the classes, whichever weights there are.
  const classes = classesIn(torch, options.classes);
  const load = (): Promise<LoadedWeights> => loadServed(torch, options, classes, on);
  let current = await load();
  const { maxBatch, maxDelay, maxQueue, bodyLimit } = options;
  const handler = torch.serve.handler(current.net, {
    name: current.name,
    classes: current.classes,
    ...(current.shape && { shape: current.shape }),
    maxBatch,
    maxDelay,
    maxQueue,
    bodyLimit,
  });
  await handler.ready;
  const server = createServer({ requestTimeout, headersTimeout, keepAliveTimeout }, handler);
  const { url } = await listen(server, options);
  const ended = untilStopped(server, () => void handler.drain());
  const take = oneByOne(async () => {
    try {
      const next = await load();
      await handler.use(next.net);
      for (const parameter of current.net.parameters()) parameter.dispose();
      current = next;
      say(`took the weights of ${current.path}`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      say(`goes on with the weights before: ${code ?? 'ERR_INTERNAL'}: ${message}`);
    }
  });
  process.on('SIGHUP', take);
  const { watchWeights } = await import('./watch.js');
  const unwatch = options.watch ? watchWeights(current.path, take) : () => {};
  say(`serving ${current.name} on ${on}: ${url}`);
  await ended;
  unwatch();
  process.off('SIGHUP', take);
}

/** Settles when a signal has come and the server has ended. A second signal cuts off what is in flight. */
async function untilStopped(server: Server, drain: () => void): Promise<void> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  await new Promise<void>((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      if (!server.listening) {
        server.closeAllConnections();
        return;
      }
      say(`${signal}: answers what is in flight, and ends`);
      drain();
      void close(server, graceMs, idleMs).then(resolve);
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

/** What is asked for while it runs is done once more afterwards. */
function oneByOne(work: () => Promise<void>): () => void {
  let isRunning = false;
  let isAsked = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    do {
      isAsked = false;
      await work();
    } while (isAsked);
    isRunning = false;
  };
  return () => {
    isAsked = true;
    if (!isRunning) void run();
  };
}
