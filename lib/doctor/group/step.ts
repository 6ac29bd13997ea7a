// Started by trial.ts as a process of its own, with the time to meet in ms: joins the group that this process finds
// itself in, and prints what each rank says of itself as one line of JSON.
import { hostname } from 'node:os';

import { answer } from '../child.js';
import { instructionSet, machineFacts } from '../machine.js';
import type { GroupResult, Peer } from './compare.js';

const initTimeout = Number(process.argv[2] ?? 30_000);
// LeNet's gradients: 44,426 numbers in float32.
const elements = 44_426;
const times = 20;

// A launcher signals all that it has started: whoever asks for the answer says when it is too late for one.
process.on('SIGTERM', () => {});

async function step(): Promise<GroupResult> {
  const torch = await import('../../index.js');
  const { distributed } = torch;
  await distributed.initProcessGroup('gloo', { initTimeout, timeout: initTimeout });
  const tensor = torch.zeros([elements]).keep();
  const durations: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await distributed.allReduce(tensor);
    durations.push(performance.now() - began);
  }
  const own: Peer = {
    host: hostname(),
    node: process.versions.node,
    version: torch.version,
    libtorch: torch.libtorchVersion,
    instructionSet: instructionSet(machineFacts(), process.env),
    // All ranks have come from the same sum: they look at their clocks within its duration.
    clock: Date.now(),
  };
  const peers = await distributed.allGatherObject(own);
  await distributed.destroyProcessGroup();
  durations.sort((a, b) => a - b);
  return { peers, allReduceMs: durations[times / 2] as number };
}

await answer(step);
// Threads of a group that did not come together cannot be ended otherwise.
process.exit();
