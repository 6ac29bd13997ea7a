import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { invalidArgument, TorchError } from '../error.js';
import { native, whyNoCuda } from '../native/load.js';

/** A place where tensors live; mirrors `torch.device`. Equal devices are the same object. */
export class Device {
  readonly type: 'cpu' | 'cuda' | 'meta';
  /** Number of the device among its kind; `null` means the current one. */
  readonly index: number | null;

  /** @internal Use {@link device}. */
  constructor(type: 'cpu' | 'cuda' | 'meta', index: number | null) {
    atMost('Device', 2, arguments.length);
    this.type = type;
    this.index = index;
    Object.freeze(this);
  }

  toString(): string {
    atMost('toString', 0, arguments.length);
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  /** As Python prints it: `device(type='cuda', index=1)`. */
  [inspect.custom](): string {
    return `device(type='${this.type}'${this.index === null ? '' : `, index=${this.index}`})`;
  }
}

/** A device, or its name: `'cpu'`, `'cuda'`, `'cuda:1'`; `'meta'` for tensors without elements. */
export type DeviceLike = Device | string;

const known = new Map<string, Device>();

/**
 * The device of a name; mirrors `torch.device`. Naming CUDA is allowed everywhere; using it where
 * there is none is `ERR_CUDA_UNAVAILABLE`.
 *
 * @param name - `'cpu'`, `'cuda'` (the current device), `'cuda:1'`, or `'meta'`, where tensors have
 *   everything but elements.
 * @throws {TypeError} `ERR_INVALID_ARG` for any other name.
 * @see https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device
 * @example
 * torch.device('cpu'); // → device(type='cpu')
 */
export function device(name: DeviceLike): Device {
  atMost('device', 1, arguments.length);
  if (name instanceof Device) return name;
  const parts = typeof name === 'string' ? /^(cpu|cuda|meta)(?::(\d{1,3}))?$/.exec(name) : null;
  if (parts === null) {
    throw invalidArgument(
      `device: expected 'cpu', 'cuda' or 'cuda:1', got ${typeof name === 'string' ? `'${name}'` : inspect(name)}`,
    );
  }
  const index = parts[2] === undefined ? null : Number(parts[2]);
  const canonical = index === null ? parts[1]! : `${parts[1]}:${index}`;
  let found = known.get(canonical);
  if (found === undefined) {
    found = new Device(parts[1] as 'cpu' | 'cuda' | 'meta', index);
    known.set(canonical, found);
  }
  return found;
}

/** Checks that tensors can be put on a device, so that the error can say what is missing. */
export function requireDevice(name: DeviceLike): Device {
  const wanted = device(name);
  if (wanted.type !== 'cuda') return wanted;
  const problem = whyNoCuda();
  if (problem !== undefined) {
    throw new TorchError(
      'ERR_CUDA_UNAVAILABLE',
      `${wanted} was asked for, but CUDA is not available: ${problem}`,
    );
  }
  const count = native.cudaDeviceCount();
  if (wanted.index !== null && wanted.index >= count) {
    throw new TorchError(
      'ERR_CUDA_UNAVAILABLE',
      `${wanted} was asked for, but this machine has ${count} CUDA device${count === 1 ? '' : 's'}`,
    );
  }
  return wanted;
}
