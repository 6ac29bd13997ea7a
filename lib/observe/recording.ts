import { enableGrad, noGrad } from '../context/autograd.js';
import type { RecordedCall, RecordedTensor } from '../native/exports/recording.js';
import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { type TrailNotes, TrailRecorder } from './trail.js';
import { undisturbed } from './undisturbed.js';

/** What one forward pass did. */
export interface Recording {
  readonly calls: readonly RecordedCall[];
  readonly input: RecordedTensor;
  /** `undefined` where the model returned something else than a tensor. */
  readonly output: RecordedTensor | undefined;
  /** The parameters among the tensors of the calls. */
  readonly parameters: ReadonlyMap<RecordedTensor, Tensor>;
  readonly buffers: ReadonlyMap<RecordedTensor, Tensor>;
  /** The same calls as JavaScript made them; `undefined` where another pass cannot be held against them. */
  readonly notes: TrailNotes | undefined;
}

/** A recording with every tensor that the calls take and do not give. */
export interface FullRecording extends Recording {
  /** Neither input, parameter nor buffer: made from JavaScript's numbers, or by `zeros(2, 3)`. */
  readonly outside: readonly [RecordedTensor, Tensor][];
}

/**
 * Runs a forward pass and notes each operator that it calls, whoever calls it. The generator's state
 * and the buffers are put back: a model is as it was, but for what its own JavaScript changes.
 *
 * @param withGrad - Whether gradients are recorded, as in training.
 * @throws What the forward pass throws.
 */
export function record(net: Module, images: Tensor, withGrad: boolean): Recording {
  return tidy(() => {
    const { outside: _, ...recording } = recordFully(net, images, withGrad);
    return recording;
  });
}

/** As {@link record}; the tensors of `outside` join the caller's scope. */
export function recordFully(net: Module, images: Tensor, withGrad: boolean): FullRecording {
  const run = withGrad ? enableGrad : noGrad;
  return undisturbed(net, () => run(() => recordCalls(net, images)));
}

/**
 * Runs `run` and notes each operator that it calls.
 *
 * @param knownOf - Tensors of which it is to be said what stands for them in the calls.
 */
export function recordOperators<T>(
  run: () => T,
  knownOf: (result: T | undefined) => readonly Tensor[],
): { result: T | undefined } & ReturnType<typeof native.stopRecording> {
  native.startRecording();
  let result: T | undefined;
  let recorded: ReturnType<typeof native.stopRecording> | undefined;
  try {
    result = run();
  } finally {
    recorded = native.stopRecording(knownOf(result));
  }
  return { result, ...recorded };
}

function recordCalls(net: Module, images: Tensor): FullRecording {
  const parameters = [...net.parameters()];
  const buffers = [...net.buffers()];
  const trail = new TrailRecorder();
  const {
    result: output,
    calls,
    known,
    outside,
  } = recordOperators<unknown>(
    () => trail.record(images, () => net.forward(images)),
    (given) => [...parameters, ...buffers, images, ...(given instanceof Tensor ? [given] : [])],
  );
  const [input, result] = known.splice(parameters.length + buffers.length);
  const named = (tensors: readonly Tensor[], at: number): Map<RecordedTensor, Tensor> =>
    new Map(tensors.map((tensor, i) => [known[at + i]!, tensor]));
  return {
    calls,
    input: input!,
    output: result,
    parameters: named(parameters, 0),
    notes: trail.notes(output),
    buffers: named(buffers, parameters.length),
    outside,
  };
}
