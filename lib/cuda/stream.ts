import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { anything, flag, integer } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { type Device, device as deviceOf } from '../context/device.js';
import { runSynchronously } from '../context/synchronous.js';
import { invalidArgument } from '../error.js';
import type { NativeCudaEvent } from '../native/exports/cuda.js';
import { native } from '../native/load.js';
import { type CudaDeviceLike, cudaIndex, sharedPlace } from './device.js';

const index = ({ device }: { readonly device: Device }): number => device.index as number;

/** Options of {@link Stream}. */
export interface StreamOptions {
  /** Default: the current device. */
  device?: CudaDeviceLike;
  /** −1 and lower for a high priority. Default 0. */
  priority?: number;
}

const streamSpec = {
  device: anything<CudaDeviceLike>('a device').optional(),
  priority: integer().or(0),
  streamId: anything<bigint>('a number').optional(),
};

/**
 * A queue of work on a device: what is in one queue runs in order, two queues run side by side; mirrors
 * `torch.cuda.Stream`. A new one comes from a pool of 32 per device.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @see https://docs.pytorch.org/docs/stable/generated/torch.cuda.Stream.html
 * @example compile
 * const side = new torch.cuda.Stream();
 * const y = torch.cuda.stream(side, () => torch.ones(4, { device: 'cuda' }).mul(2));
 * torch.cuda.currentStream().waitStream(side); // before y is read
 */
export class Stream {
  readonly device: Device;
  /** Number of the stream, as libtorch packs it. */
  readonly streamId: bigint;

  constructor(
    options?: StreamOptions & {
      /** @internal */
      streamId?: bigint;
    },
  ) {
    atMost('Stream', 1, arguments.length);
    const { device, priority, streamId } = readOptions('Stream', streamSpec, options);
    const number = cudaIndex(device);
    this.device = deviceOf(`cuda:${number}`);
    this.streamId = streamId ?? native.cudaNewStream(number, priority < 0);
  }

  /** Whether all work given so far is done. */
  query(): boolean {
    atMost('query', 0, arguments.length);
    return native.cudaQueryStream(index(this), this.streamId);
  }

  /** Waits, blocking, until all work given so far is done. */
  synchronize(): void {
    atMost('synchronize', 0, arguments.length);
    native.cudaSynchronizeStream(index(this), this.streamId);
  }

  /** Notes in `event` what this stream was given so far; without one, in a new event. */
  recordEvent(event?: Event): Event {
    atMost('recordEvent', 1, arguments.length);
    const mark = event ?? new Event();
    mark.record(this);
    return mark;
  }

  /** Work given from now on waits for an event; does not block. */
  waitEvent(event: Event): void {
    atMost('waitEvent', 1, arguments.length);
    event.wait(this);
  }

  /** Work given from now on waits for what another stream was given so far; does not block. */
  waitStream(other: Stream): void {
    atMost('waitStream', 1, arguments.length);
    this.waitEvent(other.recordEvent());
  }
}

/** Options of {@link Event}. */
export interface EventOptions {
  /** Whether it can tell times. Default false. */
  enableTiming?: boolean;
}

const eventSpec = { enableTiming: flag.or(false) } satisfies SpecOf<EventOptions>;

/**
 * A mark in a stream; mirrors `torch.cuda.Event`.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @see https://docs.pytorch.org/docs/stable/generated/torch.cuda.Event.html
 * @example compile
 * const [start, end] = [0, 1].map(() => new torch.cuda.Event({ enableTiming: true })) as [torch.cuda.Event, torch.cuda.Event];
 * start.record();
 * net.forward(images.to('cuda'));
 * end.record();
 * end.synchronize();
 * console.log(start.elapsedTime(end), 'ms');
 */
export class Event {
  readonly #event: NativeCudaEvent;

  constructor(options?: EventOptions) {
    atMost('Event', 1, arguments.length);
    const { enableTiming } = readOptions('Event', eventSpec, options);
    cudaIndex();
    this.#event = native.cudaNewEvent(enableTiming);
  }

  /** Sets the mark behind what a stream was given so far. Default: the current stream. */
  record(stream?: Stream): void {
    atMost('record', 1, arguments.length);
    const on = stream ?? currentStream();
    native.cudaRecordEvent(this.#event, index(on), on.streamId);
  }

  /** A stream's later work waits for the mark; does not block. Default: the current stream. */
  wait(stream?: Stream): void {
    atMost('wait', 1, arguments.length);
    const on = stream ?? currentStream();
    native.cudaWaitEvent(this.#event, index(on), on.streamId);
  }

  /** Whether the mark has been reached. */
  query(): boolean {
    atMost('query', 0, arguments.length);
    return native.cudaQueryEvent(this.#event);
  }

  /** Waits, blocking, until the mark is reached. */
  synchronize(): void {
    atMost('synchronize', 0, arguments.length);
    native.cudaSynchronizeEvent(this.#event);
  }

  /**
   * Milliseconds from this mark to another; both must tell times, be recorded and reached.
   * @throws {TorchError} `ERR_LIBTORCH` when they do not.
   */
  elapsedTime(end: Event): number {
    atMost('elapsedTime', 1, arguments.length);
    return native.cudaElapsedTime(this.#event, end.#event);
  }
}

/**
 * The stream that operators on a device go to; mirrors `torch.cuda.current_stream`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * const side = new torch.cuda.Stream();
 * torch.cuda.stream(side, () => torch.cuda.currentStream().streamId === side.streamId); // true
 */
export function currentStream(which?: CudaDeviceLike): Stream {
  atMost('currentStream', 1, arguments.length);
  const device = cudaIndex(which);
  return new Stream({ device, streamId: native.cudaCurrentStream(device) });
}

/**
 * The stream that is there from the beginning; mirrors `torch.cuda.default_stream`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.currentStream().streamId === torch.cuda.defaultStream().streamId; // true, but within `stream`
 */
export function defaultStream(which?: CudaDeviceLike): Stream {
  atMost('defaultStream', 1, arguments.length);
  const device = cudaIndex(which);
  return new Stream({ device, streamId: native.cudaDefaultStream(device) });
}

/**
 * Runs a synchronous function whose operators go to a stream, with its device as the current one;
 * mirrors `with torch.cuda.stream(s)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a Stream.
 * @throws {TorchError} `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @example compile
 * const side = new torch.cuda.Stream();
 * const y = torch.cuda.stream(side, () => torch.ones(2, { device: 'cuda' }).mul(3));
 * side.synchronize();
 * y.tolist(); // [3, 3]
 */
export function stream<T>(s: Stream, fn: () => T): T {
  atMost('stream', 2, arguments.length);
  if (!(s instanceof Stream)) {
    throw invalidArgument(`cuda.stream: expected a Stream, got ${inspect(s)}`);
  }
  const deviceBefore = native.cudaCurrentDevice();
  native.cudaSetDevice(index(s));
  const before = native.cudaExchangeStream(index(s), s.streamId);
  return runSynchronously('cuda.stream', sharedPlace, fn, () => {
    native.cudaExchangeStream(index(s), before);
    native.cudaSetDevice(deviceBefore);
  });
}
