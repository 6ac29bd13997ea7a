import { enableGrad, noGrad } from '../autograd.js';
import { native, type RecordedCall, type RecordedTensor } from '../native.js';
import type { Module } from '../nn/index.js';
import { getRngState, setRngState } from '../random.js';
import { tidy } from '../scope.js';
import { Tensor } from '../tensor/index.js';

/** What one forward pass did. */
export interface Recording {
  readonly calls: readonly RecordedCall[];
  readonly input: RecordedTensor;
  /** `undefined` where the model returned something else than a tensor. */
  readonly output: RecordedTensor | undefined;
  /** The parameters among the tensors of the calls. */
  readonly parameters: ReadonlyMap<RecordedTensor, Tensor>;
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
    const state = getRngState();
    const buffers = [...net.buffers()].map((buffer) => [buffer, buffer.detach().clone()] as const);
    const parameters = [...net.parameters()];
    try {
      const run = withGrad ? enableGrad : noGrad;
      return run(() => recordCalls(net, images, parameters));
    } finally {
      noGrad(() => {
        for (const [buffer, before] of buffers) buffer.detach().copy_(before);
      });
      setRngState(state);
    }
  });
}

function recordCalls(net: Module, images: Tensor, parameters: Tensor[]): Recording {
  native.startRecording();
  let output: unknown;
  let recorded: ReturnType<typeof native.stopRecording> | undefined;
  try {
    output = net.forward(images);
  } finally {
    const tensors = output instanceof Tensor ? [output] : [];
    recorded = native.stopRecording([images, ...tensors, ...parameters]);
  }
  const { calls, known } = recorded;
  const own = known.slice(known.length - parameters.length);
  return {
    calls,
    input: known[0]!,
    output: output instanceof Tensor ? known[1] : undefined,
    parameters: new Map(parameters.map((parameter, i) => [own[i]!, parameter])),
  };
}
