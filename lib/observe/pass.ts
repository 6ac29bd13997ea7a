import { noGrad } from '../context/autograd.js';
import type { RecordedCall, RecordedTensor } from '../native/exports/recording.js';
import { ops } from '../native/ops.js';
import type { Module } from '../nn/index.js';
import { type Tensor, zeros } from '../tensor/index.js';
import { inEvalMode } from './mode.js';
import { type ModuleCall, recordModuleCalls } from './moduleCalls.js';
import { recordOperators } from './recording.js';
import { tensorsIn } from './tensorsIn.js';
import { undisturbed } from './undisturbed.js';

/** A module's part in a forward pass. */
export interface PassCall {
  readonly module: Module;
  /** Dotted; `''` for the network itself. */
  readonly path: string;
  /** Of the first tensor that it gave. */
  shape: readonly number[];
  /** What it called in this order, operators and modules. */
  readonly steps: (RecordedCall | PassCall)[];
}

/** What a forward pass called, by which module. */
export interface Pass {
  readonly root: PassCall;
  readonly inputs: readonly RecordedTensor[];
  /** The tensors of the result. */
  readonly outputs: readonly RecordedTensor[];
  readonly parameters: ReadonlyMap<RecordedTensor, Tensor>;
}

export const isPassCall = (step: RecordedCall | PassCall): step is PassCall => 'steps' in step;

/**
 * Runs a forward pass in evaluation mode without gradients, and notes which operators and modules each module called.
 * The network is left as it was.
 *
 * @param inputs - What `forward` is given.
 * @throws What the forward pass throws.
 */
export function recordPass(net: Module, inputs: readonly unknown[]): Pass {
  return undisturbed(net, () =>
    inEvalMode(net, () =>
      noGrad(() => {
        // The recorder knows nothing of modules: where one begins or ends, a look at this tensor stands among the calls.
        const mark = zeros([1]);
        const events: Event[] = [];
        const parameters = [...net.parameters()];
        const given = tensorsIn(inputs);
        const { calls, known, result } = recordOperators(
          () => {
            let output: unknown;
            recordModuleCalls(
              net,
              () => {
                output = net.forward(...(inputs as Tensor[]));
              },
              (call, when) => {
                const [output] = when === 'end' ? tensorsIn(call.output) : [];
                events.push({ call, when, shape: output?.shape ?? [] });
                ops.aten.alias!(mark);
              },
            );
            return tensorsIn(output);
          },
          (outputs = []) => [mark, ...parameters, ...given, ...outputs],
        );
        const [marked, ...rest] = known;
        const outputs = rest.splice(parameters.length + given.length);
        const shown = rest.splice(parameters.length);
        return {
          root: treeOf(calls, events, marked!),
          inputs: shown,
          outputs: outputs.slice(0, result!.length),
          parameters: new Map(rest.map((each, i) => [each, parameters[i]!])),
        };
      }),
    ),
  );
}

interface Event {
  readonly call: ModuleCall;
  readonly when: 'begin' | 'end';
  readonly shape: readonly number[];
}

function treeOf(
  calls: readonly RecordedCall[],
  events: readonly Event[],
  mark: RecordedTensor,
): PassCall {
  const open: PassCall[] = [];
  let root: PassCall | undefined;
  let next = 0;
  for (const call of calls) {
    if (!Object.values(call.arguments).includes(mark)) {
      open.at(-1)?.steps.push(call);
      continue;
    }
    const { call: opened, when, shape } = events[next++]!;
    if (when === 'end') {
      open.pop()!.shape = shape;
      continue;
    }
    const { module, name: path } = opened;
    const made: PassCall = { module, path, shape, steps: [] };
    root ??= made;
    open.at(-1)?.steps.push(made);
    open.push(made);
  }
  return root!;
}
