import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { integer } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { type Pair, pair } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { conv2d } from '../functional/functional.js';
import { fanInUniform_ } from '../init.js';
import type { Arithmetic } from '../module/arithmetic.js';
import { Module } from '../module/module.js';
import {
  biased,
  emptyParameter,
  type Parameter,
  type ParameterOptions,
} from '../module/parameter.js';
import type { ConnectionTable, Portrait } from '../module/portrait.js';
import { pythonText } from '../module/repr.js';

const newZeros = bind<(like: Tensor, size: readonly number[]) => Tensor>('new_zeros');
const indexCopy =
  bind<(a: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor>('index_copy');

/** Options of {@link PartialConv2d}. */
export interface PartialConv2dOptions extends ParameterOptions {
  /** Step in pixels, integer ≥ 1. Default 1. */
  stride?: Pair;
  /** Zeros around the image in pixels. Default 0. */
  padding?: Pair;
  /** Whether a learned number is added to each output channel. Default true. */
  bias?: boolean;
}

const spec = {
  stride: pair(1).or(1),
  padding: pair(0).or(0),
  ...biased,
} satisfies SpecOf<PartialConv2dOptions>;

/**
 * A convolution whose output channels see only some of the input channels, as C3 of the 1998 network.
 * Only the weights of connections that exist are stored and learned.
 *
 * Shape: `(N, Cin, H, W)` → `(N, Cout, Hout, Wout)`, Cout the table's length,
 * `Hout = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`, `Wout` likewise.
 *
 * Parameters are drawn evenly from `±2.4 / F`, F the number of weights that an output channel has.
 *
 * @param inChannels - Cin, integer ≥ 1.
 * @param connections - One list of input channels, 0…Cin−1, per output channel. A channel with an
 *   empty list is its bias everywhere.
 * @param kernelSize - Pixels, integer ≥ 1, or `[height, width]`.
 * @param options.stride - Step in pixels, integer ≥ 1. Default 1.
 * @param options.padding - Zeros around the image in pixels, integer ≥ 0. Default 0.
 * @param options.bias - Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range, or the table is empty
 *   or lists a channel twice.
 * @example
 * const conv = new nn.PartialConv2d(3, [[0, 1], [1, 2], [0, 1, 2]], 5);
 * conv.forward(torch.zeros(1, 3, 14, 14)).shape; // → [ 1, 3, 10, 10 ]
 * conv.weight.shape; // → [ 7, 5, 5 ]
 */
export class PartialConv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly connections: ConnectionTable;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  /** `(connections, kernel height, kernel width)`, the table's rows one after the other. */
  weight: Parameter;
  /** `(Cout)` */
  bias: Parameter | null;
  // Where each stored kernel stands among the Cout·Cin kernels of a full convolution, int64.
  declare private slots: Tensor;

  constructor(
    inChannels: number,
    connections: ConnectionTable,
    kernelSize: Pair,
    options?: PartialConv2dOptions,
  ) {
    atMost('PartialConv2d', 4, arguments.length);
    super();
    this.inChannels = integer(1).read('PartialConv2d: inChannels', inChannels);
    this.connections = readTable(connections, inChannels);
    this.outChannels = connections.length;
    this.kernelSize = pair(1).read('PartialConv2d: kernelSize', kernelSize);
    const { stride, padding, bias, ...place } = readOptions('PartialConv2d', spec, options);
    this.stride = stride;
    this.padding = padding;
    const slots = this.connections.flatMap((inputs, output) =>
      inputs.map((input) => BigInt(output * inChannels + input)),
    );
    this.weight = emptyParameter([slots.length, ...this.kernelSize], place);
    this.bias = bias ? emptyParameter([this.outChannels], place) : null;
    const positions = tensor(BigInt64Array.from(slots), { device: place.device });
    this.registerBuffer('slots', positions, { persistent: false });
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias, channel by channel. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    const kernel = this.kernelSize[0] * this.kernelSize[1];
    let first = 0;
    for (const { length } of this.connections) {
      fanInUniform_(this.weight.detach().narrow(0, first, length), length * kernel);
      first += length;
    }
    this.connections.forEach(({ length }, output) => {
      const bias = this.bias?.detach().narrow(0, output, 1);
      if (bias !== undefined) fanInUniform_(bias, length * kernel);
    });
  }

  /**
   * The weight of the full convolution that computes the same, `(Cout, Cin, kernel height, kernel
   * width)`: zero where nothing is connected. Gradients flow back to the stored weights.
   */
  denseWeight(): Tensor {
    atMost('denseWeight', 0, arguments.length);
    const { inChannels, outChannels, kernelSize } = this;
    const zeros = newZeros(this.weight, [outChannels * inChannels, ...kernelSize]);
    const dense = indexCopy(zeros, 0, this.slots, this.weight);
    return dense.view(outChannels, inChannels, ...kernelSize);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    // The units of all channels at one position use each weight once.
    const positions = integer(0).read('arithmetic: units', units) / this.outChannels;
    const multiplyAdds = positions * this.weight.numel();
    return { connections: multiplyAdds + (this.bias === null ? 0 : units), multiplyAdds };
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    const { inChannels, connections: table, kernelSize: window, weight } = this;
    const connections = { inputs: inChannels, table };
    return { kind: 'convolution', verb: 'convolution', window, weight, connections };
  }

  forward(input: Tensor): Tensor {
    atMost('PartialConv2d.forward', 1, arguments.length);
    return conv2d(input, this.denseWeight(), this.bias, this.stride, this.padding);
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const { inChannels, outChannels, kernelSize, stride, padding } = this;
    let text =
      `${inChannels}, ${outChannels}, kernel_size=${pythonText(kernelSize)}, ` +
      `stride=${pythonText(stride)}`;
    if (String(padding) !== '0,0') text += `, padding=${pythonText(padding)}`;
    text += `, connections=${this.weight.shape[0]}`;
    return this.bias === null ? `${text}, bias=False` : text;
  }
}

function readTable(table: ConnectionTable, inChannels: number): ConnectionTable {
  const name = 'PartialConv2d: connections';
  if (!Array.isArray(table) || table.length === 0 || !table.every(Array.isArray)) {
    throw invalidArgument(
      `${name}: expected a list of input channels for each output channel, got ${describe(table)}`,
    );
  }
  table.forEach((inputs, output) => {
    const where = `${name}: output channel ${output}`;
    const wrong = inputs.find(
      (input: unknown) =>
        !Number.isInteger(input) || (input as number) < 0 || (input as number) >= inChannels,
    );
    if (wrong !== undefined || inputs.includes(undefined)) {
      throw invalidArgument(
        `${where}: expected input channels from 0 to ${inChannels - 1}, got ${describe(wrong)}`,
      );
    }
    if (new Set(inputs).size !== inputs.length) {
      throw invalidArgument(`${where}: expected each input channel once, got ${describe(inputs)}`);
    }
  });
  return table.map((inputs) => Object.freeze([...inputs]));
}
