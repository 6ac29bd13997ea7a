import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { readOptions } from '../argument/options.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { ownInputShape } from '../models/imageModel.js';
import type { DType } from '../native/dtype.js';
import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import { arithmeticOf } from '../nn/module/arithmetic.js';
import { requireModule } from '../nn/module/requireModule.js';
import { jupyterDisplay, type MimeBundle } from '../notebook/bundle.js';
import { refuseTrained } from '../observe/busy.js';
import {
  type InputOptions,
  type InputShape,
  inputSpec,
  readExample,
  withExample,
  withoutBatch,
} from '../observe/example.js';
import { inEvalMode } from '../observe/mode.js';
import { type ModuleCall, recordModuleCalls } from '../observe/moduleCalls.js';
import { tensorsIn } from '../observe/tensorsIn.js';
import { undisturbed } from '../observe/undisturbed.js';
import { byteLength, elementSize } from '../tensor/bytes.js';
import { Tensor } from '../tensor/index.js';
import type { Counts, LayerSummary } from './counts.js';
import { formatHtml, formatTable } from './table.js';

/**
 * What {@link summary} finds; prints as a table.
 *
 * @example
 * const { total, layers } = torch.summary(new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU()), [2]);
 * total.parameters; // → 9
 * layers.map(({ outputShape }) => outputShape); // → [ [ 3 ], [ 3 ] ]
 */
export class Summary {
  /** In the order of the calls. */
  readonly layers: readonly LayerSummary[];
  readonly total: Counts;
  readonly #types: readonly string[];
  readonly #note: string;

  /**
   * @param types - Class of each layer, for the table.
   * @param dtypes - Of what the network was shown; the table says them where they are indices.
   */
  constructor(
    layers: readonly LayerSummary[],
    types: readonly string[],
    dtypes: readonly DType[] = [],
  ) {
    atMost('Summary', 3, arguments.length);
    this.layers = layers;
    this.#types = types;
    this.#note = dtypes.some((dtype) => !dtype.includes('float'))
      ? `input: ${dtypes.join(', ')}`
      : '';
    this.total = {
      parameters: sumOf(layers.map(({ parameters }) => parameters)),
      connections: sumOf(layers.map(({ connections }) => connections)),
      multiplyAdds: sumOf(layers.map(({ multiplyAdds }) => multiplyAdds)),
      activationBytes: sumOf(layers.map(({ activationBytes }) => activationBytes)),
    };
  }

  toString(): string {
    atMost('toString', 0, arguments.length);
    const table = formatTable(this.layers, this.#types, this.total);
    return this.#note === '' ? table : `${table}\n${this.#note}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  [jupyterDisplay](): MimeBundle {
    return {
      'text/html': formatHtml(this.layers, this.#types, this.total),
      'text/plain': this.toString(),
    };
  }
}

// What cannot be counted leaves no sum.
function sumOf<T extends number | null>(values: readonly T[]): T {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  ) as T;
}

/**
 * Counts a network layer by layer, from its modules and the shapes in a forward pass of one example
 * of zeros in evaluation mode. The network is left as it was: modes, buffers, gradients, and the
 * default generator. Its options are those of torchinfo's `summary`.
 *
 * A layer is a module without modules in it, or with parameters of its own; a module that is called
 * twice has two rows, one that is not called a row for its parameters. What a forward pass computes outside of
 * modules has none. Of a module that gives several tensors, as recurrent layers do, the first counts.
 *
 * Connections per output unit: the weights that it uses and its bias (convolutions, `Linear`,
 * `EuclideanRBF`), the pixels of its window (pooling) and a bias (`TrainableSubsampling`), its input
 * and an offset (`BatchNorm2d`), the number that it looks up (`Embedding`). Layers that change units one by one, such as
 * activations, have none; those that the package cannot count (attention, modules of your own) have `null`.
 *
 * @param inputShape - Sizes of one example, without N: `[1, 28, 28]`; of a network that takes several tensors a list of
 *   them: `[[10], [12]]`. Default: the network's own `inputShape`.
 * @param options.dtypes - One for each input. Default: the parameters'; int64 where the network asks for indices, as
 *   language models do: the table says so then.
 * @param options.inputData - What `forward` is given, in place of sizes: a tensor with its N, or a list of arguments.
 *   Sizes and counts are of all of it then, N among them.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module and sizes ≥ 1.
 * @throws {TorchError} `ERR_LIBTORCH` for a shape that the network does not take, `ERR_MODEL_BUSY`
 *   while it is trained.
 * @example
 * torch.summary(net, [1, 28, 28]).total.parameters; // → 44426
 */
export function summary(net: Module, inputShape?: InputShape, options?: InputOptions): Summary {
  atMost('summary', 3, arguments.length);
  requireModule('summary', net);
  const given = readOptions('summary', inputSpec, options);
  if (inputShape !== undefined && given.inputData !== undefined) {
    throw invalidArgument('summary: inputShape: expected none beside inputData');
  }
  const example = readExample('summary', inputShape ?? ownInputShape(net), given);
  refuseTrained([...net.modules()], 'summary');
  return undisturbed(net, () => {
    const sizesOf = example.data === undefined ? withoutBatch : (shape: readonly number[]) => shape;
    return withExample('summary', net, example, (inputs) => {
      const calls = inEvalMode(net, () =>
        noGrad(() => recordModuleCalls(net, () => net.forward(...(inputs as Tensor[])))),
      );
      const all = [...calls, ...uncalled(net, calls)].filter(({ module }) => isLayer(module));
      return new Summary(
        all.map(counter(sizesOf)),
        all.map(({ module }) => module.constructor.name),
        tensorsIn(inputs).map(({ dtype }) => dtype),
      );
    });
  });
}

// Their parameters belong to the network all the same.
function uncalled(net: Module, calls: readonly ModuleCall[]): ModuleCall[] {
  const called = new Set(calls.map(({ module }) => module));
  return [...net.namedModules()]
    .filter(([, module]) => !called.has(module) && hasOwnParameters(module))
    .map(([name, module]) => ({ name, module, inputs: [], output: undefined }));
}

const hasOwnParameters = (module: Module): boolean =>
  [...module.parameters({ recurse: false })].length > 0;

const isLayer = (module: Module): boolean =>
  module.ownModules().length === 0 || hasOwnParameters(module);

// Counts calls one after the other, each parameter once.
function counter(
  sizesOf: (shape: readonly number[]) => readonly number[],
): (call: ModuleCall) => LayerSummary {
  const seen = new Set<Tensor>();
  return ({ name, module, inputs, output: given }) => {
    // Recurrent layers give their states beside the output.
    const [output] = tensorsIn(given);
    const own = [...module.parameters({ recurse: false })];
    const fresh = own.filter((each) => !seen.has(each));
    for (const parameter of fresh) seen.add(parameter);
    const outputShape = output === undefined ? null : sizesOf(output.shape);
    const units = output?.numel() ?? 0;
    const unknown = own.length > 0 && given !== undefined ? null : 0;
    const { connections, multiplyAdds } = arithmeticOf(module, units) ?? {
      connections: unknown,
      multiplyAdds: unknown,
    };
    const isNew = output !== undefined && !inputs.some((input) => isWithin(output, input));
    return {
      name: name === '' ? module.constructor.name : name,
      outputShape,
      parameters: fresh.reduce((sum, parameter) => sum + parameter.numel(), 0),
      connections,
      multiplyAdds,
      activationBytes: isNew ? byteLength(output) : 0,
    };
  };
}

// Whether an output begins in its input's memory: it is the input, or a view of it.
function isWithin(output: Tensor, input: unknown): boolean {
  if (!(input instanceof Tensor) || input.isDisposed || input.deviceName !== output.deviceName) {
    return false;
  }
  if (input.layout !== 'strided' || output.layout !== 'strided') return false;
  const { shape, strides, dtype } = input;
  const last = shape.reduce((place, size, i) => place + (size - 1) * strides[i]!, 0);
  const begin = native.dataAddress(input);
  const at = native.dataAddress(output);
  return at >= begin && at <= begin + BigInt(last * elementSize(dtype));
}
