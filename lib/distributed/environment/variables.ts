import { inspect } from 'node:util';

import { TorchError } from '../../error.js';

/** @internal An `ERR_DISTRIBUTED_ENVIRONMENT` to throw. */
export function refusal(message: string): TorchError {
  return new TorchError('ERR_DISTRIBUTED_ENVIRONMENT', message);
}

/** @internal Whether a variable says something: compose files and manifests set empty ones. */
export function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return (env[name] ?? '') !== '';
}

const digits = /^\d{1,15}$/;

/** @internal An integer where there is one; what is none is no concern here. */
export function integerIn(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name] ?? '';
  return digits.test(text) ? Number(text) : undefined;
}

/** @internal Reads the variables of one launcher, and keeps in mind which ones. */
export class Variables {
  readonly taken: string[] = [];
  readonly notes: string[] = [];

  /** @param launcher - As people call it. */
  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly launcher: string,
  ) {}

  has(name: string): boolean {
    return isSet(this.env, name);
  }

  /** @throws {TorchError} where it is not set: what others are told, this process has to know too. */
  text(name: string): string {
    if (!this.has(name)) {
      throw refusal(
        `${name} is not set, and other variables (${this.launcher}) say that this process is one of a group: ` +
          'set it, or take the others away to train alone',
      );
    }
    if (!this.taken.includes(name)) this.taken.push(name);
    return this.env[name] as string;
  }

  integer(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const text = this.text(name);
    const value = Number(text);
    if (digits.test(text) && value >= least && value <= most) return value;
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `≥ ${least}`;
    throw refusal(`${name}: expected an integer ${range}, got ${inspect(text)} (${this.launcher})`);
  }

  /** A rank and the number of those that have one. */
  ranks(rankName: string, sizeName: string): { rank: number; size: number } {
    const size = this.integer(sizeName, 1);
    const rank = this.integer(rankName, 0);
    if (rank < size) return { rank, size };
    throw refusal(
      `${rankName} is ${rank} and ${sizeName} ${size}: ranks count from 0 (${this.launcher})`,
    );
  }

  /** Where the group meets: MASTER_ADDR and MASTER_PORT go before what the launcher has in their place. */
  master(own: { addr?: string | undefined; port?: number | undefined } = {}): {
    masterAddr: string;
    masterPort: number;
  } {
    const isGiven = (name: string, fallback: unknown) => this.has(name) || fallback === undefined;
    return {
      masterAddr: isGiven('MASTER_ADDR', own.addr)
        ? this.address('MASTER_ADDR')
        : (own.addr as string),
      masterPort: isGiven('MASTER_PORT', own.port)
        ? this.integer('MASTER_PORT', 1, 65_535)
        : (own.port as number),
    };
  }

  address(name: string): string {
    const text = this.text(name);
    if (!/[\s/,]/.test(text)) return text;
    throw refusal(
      `${name}: expected the name or address of one host, got ${inspect(text)} (${this.launcher})`,
    );
  }
}
