import { inspect } from 'node:util';

import { refusal } from './variables.js';

/**
 * @internal The first host of a list as SLURM writes it: `n[001-004,7],other` → `n001`, `rack[1-2]n[3-4]` → `rack1n3`.
 * @param name - The variable that has the list.
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` for what is no list of hosts.
 */
export function firstHost(name: string, list: string): string {
  // Up to the first comma outside of brackets.
  const entry = /^(?:[^[\],\s]|\[[^[\]\s]*\])+(?=,|$)/.exec(list)?.[0];
  const host = entry?.replace(/\[(\w+)(?:-\w+)?(?:,\w+(?:-\w+)?)*\]/g, '$1');
  if (host !== undefined && /^[\w.:-]+$/.test(host)) return host;
  throw refusal(
    `${name}: expected hosts as SLURM lists them (n[001-004],m7), got ${inspect(list)}`,
  );
}

/** @internal How many tasks a node has: `2(x3),1` says two on each of the first three, and one on the fourth. */
export function tasksOfNode(name: string, list: string, node: number): number {
  let rest = node;
  for (const part of list.split(',')) {
    const found = /^(\d+)(?:\(x(\d+)\))?$/.exec(part);
    if (found === null) break;
    rest -= Number(found[2] ?? 1);
    if (rest < 0) return Number(found[1]);
  }
  throw refusal(
    `${name}: expected the tasks of each node as SLURM lists them (2(x3),1), of node ${node} too, got ${inspect(list)}`,
  );
}
