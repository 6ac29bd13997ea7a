import { hostname } from 'node:os';
import { type ErrorCode, TorchError } from '../error.js';

const causes: Partial<Record<ErrorCode, string>> = {
  ERR_DISTRIBUTED_TIMEOUT:
    'Likely: another rank has stopped, is much slower, has fewer batches, or its host cannot be reached any more',
  ERR_DISTRIBUTED_PEER: 'Likely: another rank has failed and ended; its own message says why',
  ERR_DISTRIBUTED_CONNECT:
    'Likely: an address that other hosts cannot reach; GLOO_SOCKET_IFNAME=eth0 names the interface to use',
  ERR_DISTRIBUTED_ADDRESS:
    'Likely: another training uses this port, or an earlier one has not ended; set another MASTER_PORT',
};

const isOfGroup = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && code.startsWith('ERR_DISTRIBUTED_');

/** Whether a group cannot be used after an error. */
export function endsGroup(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return isOfGroup(code) && code !== 'ERR_DISTRIBUTED_MISMATCH';
}

/** An error with who met it, in what, and what is likely behind it; others stay as they are. */
export function told(error: unknown, where: string, rank: number, size: number, why = ''): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (!isOfGroup(code) || code === 'ERR_DISTRIBUTED_CLOSED') return error;
  const cause = why === '' ? causes[code] : why;
  const text = (message ?? '').replace(/\.$/, '');
  return new TorchError(
    code,
    `rank ${rank} of ${size} on ${hostname()}, ${where}: ${text}${cause === undefined ? '' : `. ${cause}`}`,
    { cause: error },
  );
}
