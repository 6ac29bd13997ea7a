import type { DeviceLike } from '../context/device.js';
import { cudaIndex } from '../cuda/device.js';
import { invalidArgument } from '../error.js';
import { requireNccl } from './library.js';

/** In Python's notation: for tensors on the CPU, for those on a GPU, for both. */
export const backendNames = ['gloo', 'nccl', 'cpu:gloo,cuda:nccl'] as const;

/** What sends a group's tensors. */
export type BackendName = (typeof backendNames)[number];

/** A backend, and where its tensors are. */
export interface Backend {
  readonly name: BackendName;
  /** Number of this process's GPU, where it has one for the group. */
  readonly device: number | undefined;
}

/**
 * @param deviceId - The GPU. Default: the current one.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, `ERR_DISTRIBUTED_UNAVAILABLE` without what it takes, saying what is missing.
 */
export function requireBackend(name: BackendName, deviceId: DeviceLike | undefined): Backend {
  if (name === 'gloo') {
    if (deviceId === undefined) return { name, device: undefined };
    throw invalidArgument("initProcessGroup: deviceId: is for 'nccl', got 'gloo'");
  }
  requireNccl('initProcessGroup');
  return { name, device: cudaIndex(deviceId) };
}

/** Why a group takes no tensors of that device; `undefined` where it does. */
export function whyNotOn({ name, device }: Backend, deviceName: string): string | undefined {
  const got = `got one on ${deviceName}`;
  if (name === 'gloo') {
    return deviceName === 'cpu' ? undefined : `expected a tensor on the CPU for Gloo, ${got}`;
  }
  const own = `cuda:${device}`;
  if (deviceName === own || (deviceName === 'cpu' && name !== 'nccl')) return undefined;
  const both = name === 'nccl' ? "; a group over 'cpu:gloo,cuda:nccl' takes those too" : '';
  return `expected a tensor on ${own} for NCCL, ${got}${deviceName === 'cpu' ? both : ''}`;
}
