import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument, TorchError } from '../error.js';
import { native } from '../native/load.js';
import type { Module } from '../nn/index.js';
import { arithmeticOf } from '../nn/module/arithmetic.js';
import { requireModule } from '../nn/module/requireModule.js';
import { jupyterDisplay, type MimeBundle } from '../notebook/bundle.js';
import { refuseTrained } from '../observe/busy.js';
import { inEvalMode } from '../observe/mode.js';
import { type ModuleCall, recordModuleCalls } from '../observe/moduleCalls.js';
import { undisturbed } from '../observe/undisturbed.js';
import { byteLength, elementSize } from '../tensor/bytes.js';
import { Tensor, zeros } from '../tensor/index.js';
import type { Counts, LayerSummary } from './counts.js';
import { formatHtml, formatTable } from './table.js';

/**
 * What {@link summary} finds; prints as a table.
 *
 * @example
 * const found: torch.Summary = torch.summary(new torch.nn.Linear(3, 2), [3]);
 * found.total.parameters; // → 8
 * found.layers[0]?.outputShape; // → [ 2 ]
 */
export class Summary {
  /** In the order of the calls. */
  readonly layers: readonly LayerSummary[];
  readonly total: Counts;
  readonly #types: readonly string[];

  /** @param types - Class of each layer, for the table. */
  constructor(layers: readonly LayerSummary[], types: readonly string[]) {
    atMost('Summary', 2, arguments.length);
    this.layers = layers;
    this.#types = types;
    this.total = {
      parameters: sumOf(layers.map(({ parameters }) => parameters)),
      connections: sumOf(layers.map(({ connections }) => connections)),
      multiplyAdds: sumOf(layers.map(({ multiplyAdds }) => multiplyAdds)),
      activationBytes: sumOf(layers.map(({ activationBytes }) => activationBytes)),
    };
  }

  toString(): string {
    atMost('toString', 0, arguments.length);
    return formatTable(this.layers, this.#types, this.total);
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
 * default generator.
 *
 * A layer is a module without modules in it, or with parameters of its own; a module that is called
 * twice has two rows. What a forward pass computes outside of modules has none.
 *
 * Connections per output unit: the weights that it uses and its bias (convolutions, `Linear`,
 * `EuclideanRBF`), the pixels of its window (pooling) and a bias (`TrainableSubsampling`), its input
 * and an offset (`BatchNorm2d`). Layers that change units one by one, such as activations, have none.
 *
 * @param inputShape - Sizes of one example, without N: `[1, 28, 28]`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module and sizes ≥ 1.
 * @throws {TorchError} `ERR_LIBTORCH` for a shape that the network does not take, `ERR_MODEL_BUSY`
 *   while it is trained.
 * @example
 * torch.summary(net, [1, 28, 28]).total.parameters; // → 44426
 */
export function summary(net: Module, inputShape: readonly number[]): Summary {
  atMost('summary', 2, arguments.length);
  requireModule('summary', net);
  const isSize = (size: unknown): boolean => Number.isInteger(size) && (size as number) >= 1;
  if (!Array.isArray(inputShape) || !inputShape.every(isSize)) {
    throw invalidArgument(
      'summary: inputShape: expected the sizes of one example, such as [1, 28, 28], ' +
        `got ${inspect(inputShape)}`,
    );
  }
  refuseTrained([...net.modules()], 'summary');
  return undisturbed(net, () => {
    const calls = inEvalMode(net, () => noGrad(() => callsOf(net, inputShape)));
    const all = [...calls, ...uncalled(net, calls)].filter(({ module }) => isLayer(module));
    return new Summary(
      all.map(counter()),
      all.map(({ module }) => module.constructor.name),
    );
  });
}

function callsOf(net: Module, inputShape: readonly number[]): ModuleCall[] {
  const [first] = net.parameters();
  const { dtype = 'float32', device = 'cpu' } = first ?? {};
  const example = zeros([1, ...inputShape], { dtype, device });
  try {
    return recordModuleCalls(net, () => net.forward(example));
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
    const { code, message } = error;
    const shape = `[${inputShape.join(', ')}]`;
    throw new TorchError(code, `summary: inputShape: ${shape}: ${message}`, { cause: error });
  }
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
function counter(): (call: ModuleCall) => LayerSummary {
  const seen = new Set<Tensor>();
  return ({ name, module, inputs, output: given }) => {
    // Recurrent layers give their states beside the output.
    const output: unknown = Array.isArray(given) ? given[0] : given;
    const own = [...module.parameters({ recurse: false })];
    const fresh = own.filter((each) => !seen.has(each));
    for (const parameter of fresh) seen.add(parameter);
    const outputShape = output instanceof Tensor ? output.shape.slice(1) : null;
    const units = output instanceof Tensor ? output.numel() : 0;
    const unknown = own.length > 0 && output !== undefined ? null : 0;
    const { connections, multiplyAdds } = arithmeticOf(module, units) ?? {
      connections: unknown,
      multiplyAdds: unknown,
    };
    const isNew = output instanceof Tensor && !inputs.some((input) => isWithin(output, input));
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
