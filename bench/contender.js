// A contender is a process that waits for a line on stdin, does one round, and answers with one line
// of JSON. So contenders keep warm, and rounds can be interleaved.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Contender {
  #child;
  #lines;
  constructor(name, command, args, env = {}) {
    this.name = name;
    this.rounds = [];
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async #answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended before it answered`);
    return JSON.parse(value);
  }

  /** Waits until it has loaded its data and warmed up. */
  async ready() {
    await this.#answer();
  }

  /** One round: an object with `seconds` and what else the peer tells. */
  async round() {
    this.#child.stdin.write('go\n');
    const result = await this.#answer();
    this.rounds.push(result);
    return result;
  }

  close() {
    this.#child.stdin.end();
  }

  get median() {
    return median(this.rounds.map(({ seconds }) => seconds));
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rounds of all contenders in turn; the order is reversed every other time. */
export async function interleave(contenders, rounds) {
  for (const contender of contenders) await contender.ready();
  for (let i = 0; i < rounds; i++) {
    const order = i % 2 ? [...contenders].reverse() : contenders;
    for (const contender of order) await contender.round();
    process.stderr.write(`round ${i + 1} of ${rounds}\n`);
  }
  for (const contender of contenders) contender.close();
}
