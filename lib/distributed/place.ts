import { inspect } from 'node:util';

import { invalidArgument, TorchError } from '../error.js';
import { type Launched, launchedBy } from './environment/index.js';
import { requirePort } from './store.js';

/** Where a group meets, and who this process is in it. */
export interface Place {
  readonly rank: number;
  readonly worldSize: number;
  readonly host: string;
  readonly port: number;
  readonly file?: string;
  readonly isStoreServed: boolean;
  readonly attempt: number;
  readonly launched?: Launched;
}

interface Given {
  readonly initMethod: string | undefined;
  readonly rank: number | undefined;
  readonly worldSize: number | undefined;
}

/** @throws {TypeError} `ERR_INVALID_ARG` */
export function requireGiven(what: string, value: number | undefined): number {
  if (value !== undefined) return value;
  throw invalidArgument(`initProcessGroup: ${what} has to be given with this initMethod`);
}

/**
 * Reads it off the environment, or off what was given.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` where nothing says who the others are.
 */
export function placeOf({ initMethod = 'env://', rank, worldSize }: Given): Place {
  if (initMethod === 'env://') {
    const launched = launchedBy();
    if (launched === undefined) {
      throw new TorchError(
        'ERR_DISTRIBUTED_ENVIRONMENT',
        'initProcessGroup: nothing says who the other processes are. Start under torchrun, srun or ' +
          '`npx lenet-torch launch`, set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or give initMethod, rank and worldSize',
      );
    }
    const { masterAddr: host, masterPort: port, isStoreServed, attempt } = launched;
    return {
      rank: rank ?? launched.rank,
      worldSize: worldSize ?? launched.worldSize,
      host,
      port,
      isStoreServed,
      attempt,
      launched,
    };
  }
  const by = { isStoreServed: false, attempt: 0 };
  const own = { rank: requireGiven('rank', rank), worldSize: requireGiven('worldSize', worldSize) };
  const tcp = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d+)$/.exec(initMethod);
  if (tcp !== null) {
    const port = requirePort('initProcessGroup: initMethod', Number(tcp[3]));
    return { ...own, ...by, host: (tcp[1] ?? tcp[2]) as string, port };
  }
  const file = /^file:\/\/(\/.+)$/.exec(initMethod);
  if (file !== null) return { ...own, ...by, host: '', port: 0, file: file[1] as string };
  throw invalidArgument(
    `initProcessGroup: initMethod: expected 'env://', 'tcp://HOST:PORT' or 'file:///PATH', got ${inspect(initMethod)}`,
  );
}
