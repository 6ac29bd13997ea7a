import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { instance, integer } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { ProcessGroup } from './group.js';
import { requireGroup } from './world.js';

/** Options of what goes from one rank to another. */
export interface MessageOptions {
  /** Default: the group of all processes. */
  group?: ProcessGroup | undefined;
  /** Both sides have to give the same. Default 0. */
  tag?: number;
}

const spec = {
  group: instance<ProcessGroup>(ProcessGroup, 'a ProcessGroup').optional(),
  tag: integer(0).or(0),
};

/**
 * A message under way; mirrors `torch.distributed.Work`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when it is made: `isend` and `irecv` do that.
 */
export class Work {
  readonly #done: Promise<number>;
  #isCompleted = false;

  /** @internal */
  constructor(done: Promise<number>) {
    if (!(done instanceof Promise)) throw invalidArgument('Work: isend() and irecv() make one');
    this.#done = done;
    const end = (): void => {
      this.#isCompleted = true;
    };
    // Whoever waits is told of an error.
    done.then(end, end);
  }

  isCompleted(): boolean {
    atMost('isCompleted', 0, arguments.length);
    return this.#isCompleted;
  }

  /** @throws What went wrong. */
  async wait(): Promise<void> {
    atMost('wait', 0, arguments.length);
    await this.#done;
  }
}

interface Message {
  readonly of: ProcessGroup;
  readonly tensor: Tensor;
  readonly tag: number;
}

function requireMessage(
  what: string,
  tensor: unknown,
  options: MessageOptions | undefined,
): Message {
  const { group, tag } = readOptions(what, spec, options);
  const of = requireGroup(what, group);
  if (!(tensor instanceof Tensor) || !tensor.isContiguous()) {
    throw invalidArgument(`${what}: tensor: expected a contiguous tensor`);
  }
  const problem = of.whyNotOn(tensor.deviceName);
  if (problem !== undefined) throw invalidArgument(`${what}: tensor: ${problem}`);
  return { of, tensor, tag };
}

function requireOther(what: string, of: ProcessGroup, rank: unknown): number {
  const place = of.ranks.indexOf(rank as number);
  if (place >= 0 && place !== of.rank) return place;
  throw invalidArgument(
    `${what}: expected another rank of the group (${of.ranks.join(', ')}), got ${inspect(rank)}`,
  );
}

function sending(
  what: string,
  tensor: Tensor,
  dst: number,
  options?: MessageOptions,
): Promise<number> {
  const { of, tensor: own, tag } = requireMessage(what, tensor, options);
  const rank = requireOther(`${what}: dst`, of, dst);
  return of.run({ operation: 'send', inputs: [own], rank, tag });
}

function receiving(
  what: string,
  tensor: Tensor,
  src: number | undefined,
  options?: MessageOptions,
): Promise<number> {
  const { of, tensor: own, tag } = requireMessage(what, tensor, options);
  if (src === undefined && own.deviceName !== 'cpu') {
    throw invalidArgument(`${what}: src: NCCL does not receive from anybody: give a rank`);
  }
  const rank = src === undefined ? -1 : requireOther(`${what}: src`, of, src);
  return of.run({ operation: 'recv', outputs: [own], rank, tag });
}

/**
 * Sends a tensor to rank `dst`, which calls {@link recv}; mirrors `torch.distributed.send`.
 *
 * @param tensor - Contiguous, of any shape.
 * @example compile
 * if (distributed.getRank() === 0) await distributed.send(torch.tensor([7]), 1);
 * else await distributed.recv(torch.zeros(1), 0);
 */
export async function send(tensor: Tensor, dst: number, options?: MessageOptions): Promise<void> {
  atMost('send', 3, arguments.length);
  await sending('send', tensor, dst, options);
}

/**
 * Receives a tensor, in place; mirrors `torch.distributed.recv`.
 * @param tensor - Contiguous, of the shape and dtype of what is sent.
 * @param src - Default: whoever sends first; NCCL has to know.
 * @returns The rank that has sent it.
 * @throws {TypeError} `ERR_INVALID_ARG` for a tensor that is not contiguous or not on a device of the group, for a rank
 *   that is not in it, and over NCCL without a rank.
 * @example compile
 * const x = torch.zeros(1);
 * if (distributed.getRank() === 0) await distributed.send(torch.tensor([7]), 1);
 * else console.log(await distributed.recv(x)); // 0, and x is 7
 */
export async function recv(
  tensor: Tensor,
  src?: number,
  options?: MessageOptions,
): Promise<number> {
  atMost('recv', 3, arguments.length);
  const place = await receiving('recv', tensor, src, options);
  return requireGroup('recv', options?.group).ranks[place] ?? place;
}

/**
 * {@link send}, to be waited for later; mirrors `torch.distributed.isend`.
 *
 * @example compile
 * const work = distributed.isend(torch.tensor([7]), 1);
 * net.forward(images); // meanwhile
 * await work.wait();
 */
export function isend(tensor: Tensor, dst: number, options?: MessageOptions): Work {
  atMost('isend', 3, arguments.length);
  return new Work(sending('isend', tensor, dst, options));
}

/**
 * {@link recv}, to be waited for later; mirrors `torch.distributed.irecv`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` as {@link recv}.
 * @example compile
 * const x = torch.zeros(1);
 * const work = distributed.irecv(x, 0);
 * await work.wait(); // x is what rank 0 has sent
 */
export function irecv(tensor: Tensor, src?: number, options?: MessageOptions): Work {
  atMost('irecv', 3, arguments.length);
  return new Work(receiving('irecv', tensor, src, options));
}
