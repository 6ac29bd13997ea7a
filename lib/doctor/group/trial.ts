import { join } from 'node:path';

import type { Launched } from '../../distributed/environment/index.js';
import { codeFolder } from '../../location.js';
import { ask } from '../child.js';
import type { Fact, Problem } from '../section.js';
import { comparePeers, describePeers, type GroupResult } from './compare.js';
import { knock } from './network.js';
import { isServer } from './place.js';

/** How the group is tried. */
export interface GroupTrialOptions {
  env: NodeJS.ProcessEnv;
  /** How long all ranks may take to come together, ms. */
  initTimeoutMs: number;
  /** The launcher wants this process to end. */
  signal?: AbortSignal | undefined;
  /** The child's program; differs in tests. */
  program?: string;
}

const stepProgram = join(codeFolder, 'doctor/group/step.js');

// To start, to load libtorch and to compute; libtorch's own times have some slack.
const besides = 30_000;
const knockMs = 3000;

/** Has this process meet the others, in a process of its own. What all of them show is said by the first one. */
export async function tryGroup(
  launched: Launched,
  { env, initTimeoutMs, signal, program = stepProgram }: GroupTrialOptions,
): Promise<{ facts: Record<string, Fact>; problems: Problem[] }> {
  const trial = await ask<GroupResult>(program, [String(initTimeoutMs)], {
    env,
    timeoutMs: 2 * initTimeoutMs + besides,
    signal,
  });
  if ('ok' in trial) {
    const { peers, allReduceMs } = trial.ok;
    const facts = {
      'the group': 'comes together',
      processes: describePeers(peers),
      'all-reduce of 178 KB': `${allReduceMs.toFixed(2)} ms`,
    };
    return { facts, problems: launched.rank === 0 ? comparePeers(peers) : [] };
  }
  const { code, message } = trial.failed;
  const isEnded = signal?.aborted === true;
  const seen = isEnded || isServer(launched) ? undefined : await seenAtMaster(launched);
  const text = `the group does not come together: ${code === undefined ? '' : `${code}: `}${message}`;
  const problem = {
    text: isEnded
      ? `${text}. The launcher ends this process, as it does when another one has failed`
      : `${text}${seen === undefined ? '' : `. ${seen}`}`,
    next: isEnded
      ? 'read what the other ranks say'
      : `see that all ${launched.worldSize} ranks are started, and reach port ${launched.masterPort} of ${launched.masterAddr}; --init-timeout gives them longer`,
  };
  return { facts: { 'the group': 'does not come together' }, problems: [problem] };
}

// Only now: nobody is disturbed any more.
async function seenAtMaster({ masterAddr, masterPort }: Launched): Promise<string> {
  const where = `${masterAddr}:${masterPort}`;
  const seen = await knock(masterAddr, masterPort, knockMs);
  if (seen === 'answers')
    return `Somebody listens at ${where}: the first rank, or who has its port`;
  if (seen === 'ECONNREFUSED') {
    return `${where} refuses: the host is there, and no first rank listens (any more)`;
  }
  if (seen === 'silence')
    return `${where} is silent: a firewall, a host that is down or a wrong address`;
  return `${where} is not reached (${seen})`;
}
