import { invalidArgument } from '../error.js';
import { LayerNorm, type Module, type Parameter, type Portrait, RMSNorm } from '../nn/index.js';
import { type Tensor, zeros } from '../tensor/index.js';
import type { Grid } from './bitmap.js';
import { numbers } from './bitmap.js';
import { type ObservedCall, observe } from './observe.js';
import { portraitOf } from './portrait.js';

/** What a stage does; the letter of its name in the paper follows from it. */
export type StageKind = 'input' | Portrait['kind'];

/** A layer as the paper counts: with the activation that follows it. */
export interface Stage {
  /** `'INPUT'`, `'C1'`, `'S2'` … `'OUTPUT'` */
  readonly name: string;
  readonly kind: StageKind;
  /** Dotted name in the network, `'conv.0'`; empty for the input. */
  readonly path: string;
  readonly module: Module | undefined;
  /** `'convolution'`, `'max pooling'` … */
  readonly verb: string;
  /** Side lengths of the window that a unit looks through; `undefined` for all there is. */
  readonly window: readonly [number, number] | undefined;
  /** `'sigmoid'`; `undefined` where there is none. */
  readonly activation: string | undefined;
  /** `[maps, height, width]`; a vector is `[length, 1, 1]`. */
  readonly shape: readonly [number, number, number];
  /** What the stage hands on, maps one after the other. */
  readonly values: Float32Array;
  /** Elements of its parameters, learned or fixed; shared ones count where they are met first. */
  readonly parameters: number;
}

/** What a network makes of one image. */
export interface Stages {
  readonly input: Stage;
  /** Without the input. */
  readonly layers: readonly Stage[];
  /** The network's result, one number per class. */
  readonly outputs: Float32Array;
}

const letters: Readonly<Record<StageKind, string>> = {
  input: '',
  convolution: 'C',
  subsampling: 'S',
  full: 'F',
  rbf: 'R',
};

// Without the batch dimension, as maps.
function shapeOf(tensor: Tensor): [number, number, number] {
  const [, ...rest] = tensor.shape;
  if (rest.length === 3) return rest as [number, number, number];
  return [rest.reduce((product, size) => product * size, 1), 1, 1];
}

/**
 * Looks at what a network makes of an image, layer by layer.
 *
 * @param image - `(1, C, H, W)`, as the network takes it.
 * @throws {TypeError} `ERR_INVALID_ARG` for a network without any of the package's layers.
 */
export function stagesOf(what: string, net: Module, image: Tensor): Stages {
  return observe(what, net, image, (calls, result) => readStages(what, net, image, calls, result));
}

/** The same for an image of zeros: names and sizes only matter. */
export function emptyStagesOf(what: string, net: Module, inputShape: readonly number[]): Stages {
  const [first] = net.parameters();
  const { dtype = 'float32', device = 'cpu' } = first ?? {};
  const image = zeros([1, ...inputShape], { dtype, device });
  try {
    return stagesOf(what, net, image);
  } finally {
    image.dispose();
  }
}

function readStages(
  what: string,
  net: Module,
  image: Tensor,
  calls: readonly ObservedCall[],
  result: Tensor,
): Stages {
  const seen = calls.flatMap((call) => {
    const portrait = portraitOf(call.module);
    if (portrait === undefined) requireNoMatrix(what, net, call.module);
    return portrait === undefined ? [] : [{ ...call, portrait }];
  });
  if (seen.length === 0) {
    throw invalidArgument(
      `${what}: ${net.constructor.name} calls none of the layers that can be drawn: convolutions, ` +
        'pooling, Linear, EuclideanRBF',
    );
  }
  const counted = new Set<Parameter>();
  const layers = seen.map((call, i): Stage => {
    const following = seen[i + 1];
    // The next layer's input has gone through the activation, be it a module or a function.
    const handedOn = following === undefined ? result : following.input;
    const last = following === undefined;
    const fits = handedOn.numel() === call.output.numel();
    const { kind, verb, window, activation } = call.portrait;
    const values = numbers(fits ? handedOn : call.output);
    return {
      name: last ? 'OUTPUT' : `${letters[kind]}${i + 1}`,
      kind,
      path: call.path,
      module: call.module,
      verb,
      window,
      activation: activation ?? activationOf(numbers(call.output), values),
      shape: shapeOf(call.output),
      values,
      parameters: countNew(call.module, counted),
    };
  });
  const input: Stage = {
    name: 'INPUT',
    kind: 'input',
    verb: '',
    window: undefined,
    path: '',
    module: undefined,
    activation: undefined,
    shape: shapeOf(image),
    values: numbers(image),
    parameters: 0,
  };
  return { input, layers, outputs: numbers(result) };
}

// A layer with a matrix of its own is no activation and no scale: without it the picture would tell of another network.
function requireNoMatrix(what: string, net: Module, module: Module): void {
  const isLeaf = [...module.children()].length === 0;
  if (module === net || !isLeaf || !hasMatrix(module)) return;
  throw invalidArgument(
    `${what}: ${net.constructor.name} calls ${module.constructor.name}, which the picture has no form for; ` +
      'print torch.summary(net)',
  );
}

/** Whether a module without a portrait does more than change units one by one. */
export function hasMatrix(module: Module): boolean {
  if (module instanceof LayerNorm || module instanceof RMSNorm) return false;
  const own = [...module.namedParameters({ recurse: false })];
  return own.some(([, parameter]) => parameter.ndim >= 2);
}

// Elements of the parameters that no stage before has.
function countNew(module: Module, counted: Set<Parameter>): number {
  let count = 0;
  for (const parameter of module.parameters()) {
    if (!counted.has(parameter)) count += parameter.numel();
    counted.add(parameter);
  }
  return count;
}

const activations: Readonly<Record<string, (sum: number) => number>> = {
  sigmoid: (sum) => 1 / (1 + Math.exp(-sum)),
  tanh: Math.tanh,
  'scaled tanh': (sum) => 1.7159 * Math.tanh((2 / 3) * sum),
  ReLU: (sum) => Math.max(0, sum),
};

// Known by what it does to the numbers: it may be a module, a function or a method of a tensor.
function activationOf(sums: Float32Array, handedOn: Float32Array): string | undefined {
  const gives = (activation: (sum: number) => number): boolean =>
    sums.every((sum, i) => Math.abs(activation(sum) - handedOn[i]!) < 1e-5);
  if (gives((sum) => sum)) return undefined;
  return Object.keys(activations).find((name) => gives(activations[name]!)) ?? 'other';
}

/** One map of a stage. */
export function mapOf({ shape, values }: Stage, index: number): Grid {
  const [, rows, columns] = shape;
  const size = rows * columns;
  return { values: values.subarray(index * size, (index + 1) * size), rows, columns };
}

/** Whether a stage has lost its rows and columns: one number per map. */
export function isVector({ shape: [, rows, columns] }: Stage): boolean {
  return rows * columns === 1;
}

/** `'6@28×28'`; `'84'` for a vector. */
export function sizeText(stage: Stage): string {
  const [maps, rows, columns] = stage.shape;
  return isVector(stage) ? String(maps) : `${maps}@${rows}×${columns}`;
}
