import type {
  RecordedCall,
  RecordedTensor,
  RecordedValue,
} from '../../native/exports/recording.js';
import { native } from '../../native/load.js';
import type { Recording } from '../../observe/recording.js';
import type { Trail } from '../../observe/trail.js';
import type { Tensor } from '../../tensor/index.js';
import {
  activationNames,
  type FusedLayer,
  Misfit,
  misfit,
  poolNames,
  readActivation,
  readConvolution,
  readLinear,
  readPool,
} from './layers.js';

import { type Norm, normTensors, readNorm, tensorsOf } from './norm.js';

export { Misfit } from './layers.js';

/** A step before the first layer that changes each pixel by itself: `x.div(255)`. */
export interface PixelStep {
  readonly name: string;
  readonly overload: string;
  readonly arguments: readonly RecordedValue[];
}

/** A network that the fused engine runs, as a forward pass showed it. */
export interface Chain {
  /** `[C, H, W]` and dtype of the images that the forward pass was given. */
  readonly image: readonly number[];
  readonly dtype: string;
  readonly pixelSteps: readonly PixelStep[];
  /** Weight and bias of each layer that has them; `null` for an absent bias. */
  readonly parameters: readonly (Tensor | null)[];
  /** In their order; the last one is linear. */
  readonly layers: readonly FusedLayer[];
  /** What normalises the result of each layer that has parameters, in evaluation. */
  readonly norms: readonly (Norm | undefined)[];
}

/** The tensors that a chain's numbers are of. */
export const sourcesOf = ({ parameters, norms }: Chain): Tensor[] => [
  ...parameters.filter((parameter) => parameter !== null),
  ...norms.flatMap((norm) => (norm === undefined ? [] : tensorsOf(norm))),
];

/** A chain with what shows whether another pass is the same. */
export interface TrailedChain extends Chain {
  readonly trail: Trail;
}

// Why the engine cannot take a parameter.
function problemOf(parameter: Tensor, trains: boolean): string | undefined {
  if (parameter.dtype !== 'float32') return `${parameter.dtype}, not float32`;
  if (parameter.deviceName !== 'cpu') return 'not on the CPU';
  if (!parameter.isContiguous()) return 'not contiguous';
  return trains && !parameter.requiresGrad ? 'frozen' : undefined;
}

// Follows one tensor through the calls.
class Walk {
  readonly #calls: readonly RecordedCall[];
  readonly #recording: Recording;
  readonly #trains: boolean;
  #next = 0;
  current: RecordedTensor;
  readonly parameters: (Tensor | null)[] = [];
  readonly norms: (Norm | undefined)[] = [];

  constructor(recording: Recording, trains: boolean) {
    this.#recording = recording;
    this.#trains = trains;
    this.current = recording.input;
    // What returns its own input unchanged does nothing: x.to('float32') of float32.
    this.#calls = recording.calls.filter(
      ({ results, arguments: given, mutates }) =>
        mutates || results.length !== 1 || Object.values(given)[0] !== results[0],
    );
  }

  get call(): RecordedCall | undefined {
    return this.#calls[this.#next];
  }

  /** The next call if it is one of `names`, on the current tensor and nothing else. */
  take(names: readonly string[]): RecordedCall | undefined {
    const call = this.call;
    if (call === undefined || !names.includes(call.name)) return undefined;
    const [first] = Object.values(call.arguments);
    const [result] = call.results;
    if (first !== this.current) misfit(`${call.name} is not applied to the result before it`);
    if (this.#trains !== call.withGrad) {
      misfit(`${call.name} runs ${call.withGrad ? 'with' : 'without'} gradients`);
    }
    this.#next++;
    this.current = result as RecordedTensor;
    return call;
  }

  expect(names: readonly string[], what: string): RecordedCall {
    const found = this.take(names);
    if (found !== undefined) {
      const { dtype } = this.current;
      if (dtype !== 'float32') misfit(`${found.name}: its result is ${dtype}, not float32`);
      return found;
    }
    const { call } = this;
    misfit(
      call === undefined
        ? `the forward pass ends where ${what} is expected`
        : `${call.name}: ${what} is expected here`,
    );
  }

  /** A layer with its weight and bias. */
  layer(call: RecordedCall, layer: FusedLayer): FusedLayer {
    const weight = this.#parameter(call, 'weight');
    const { bias } = call.arguments;
    this.parameters.push(weight, bias === null ? null : this.#parameter(call, 'bias'));
    const norm = this.#trains ? undefined : this.#norm();
    this.norms.push(norm);
    return { ...layer, bias: bias !== null || norm !== undefined };
  }

  // A normalisation of the layer that was read last.
  #norm(): Norm | undefined {
    const call = this.take(['batch_norm']);
    if (call === undefined) return undefined;
    const eps = readNorm(call);
    const tensors = Object.entries(normTensors).map(([name, key]) => [
      key,
      call.arguments[name] === null ? null : this.#tensor(call, name),
    ]);
    return { ...Object.fromEntries(tensors), eps } as Norm;
  }

  #tensor(call: RecordedCall, name: string): Tensor {
    const { parameters, buffers } = this.#recording;
    const recorded = call.arguments[name] as RecordedTensor;
    const tensor = parameters.get(recorded) ?? buffers.get(recorded);
    const what = `${call.name}: its ${name}`;
    if (tensor === undefined) misfit(`${what} is neither a parameter nor a buffer of the model`);
    const problem = problemOf(tensor, false);
    if (problem !== undefined) misfit(`${what} is ${problem}`);
    return tensor;
  }

  #parameter(call: RecordedCall, name: string): Tensor {
    const parameter = this.#recording.parameters.get(call.arguments[name] as RecordedTensor);
    const what = `${call.name}: its ${name}`;
    if (parameter === undefined) misfit(`${what} is not a parameter of the model`);
    const problem = problemOf(parameter, this.#trains);
    if (problem !== undefined) misfit(`${what} is ${problem}`);
    if (this.parameters.includes(parameter)) misfit(`${what} is shared with another layer`);
    return parameter;
  }
}

const pointwise = ['to', '_to_copy', 'div', 'mul', 'sub', 'add'];

// The steps from bytes to what the first convolution takes.
function readPixelSteps(walk: Walk): PixelStep[] {
  const steps: PixelStep[] = [];
  while (walk.call !== undefined && pointwise.includes(walk.call.name)) {
    const call = walk.take(pointwise)!;
    const [, ...rest] = Object.values(call.arguments);
    const numbers = rest.map((value) => {
      const { number } = (value ?? {}) as Partial<RecordedTensor>;
      return number ?? value;
    });
    if (numbers.some((value) => (value as Partial<RecordedTensor> | null)?.shape !== undefined)) {
      misfit(`${call.name} combines the images with another tensor`);
    }
    steps.push({ name: call.name, overload: call.overload, arguments: numbers });
  }
  return steps;
}

const flattens = ['flatten', 'view', 'reshape'];

// Convolutions, pooling and activations, up to what makes rows of the images.
function readImages(walk: Walk): FusedLayer[] {
  const layers: FusedLayer[] = [];
  const expected = 'a convolution, pooling, an activation or flatten';
  while (!flattens.includes(walk.call?.name ?? '')) {
    const call = walk.expect(['conv2d', ...poolNames, ...activationNames], expected);
    if (call.name === 'conv2d') layers.push(walk.layer(call, readConvolution(call)));
    else if (poolNames.includes(call.name)) layers.push(readPool(call));
    else layers.push(readActivation(call));
  }
  return layers;
}

function readFlatten(walk: Walk): void {
  const [count, ...rest] = walk.current.shape;
  const flatten = walk.expect(flattens, 'flatten or view');
  const features = rest.reduce((product, size) => product * size, 1);
  if (String(walk.current.shape) !== `${count},${features}`) {
    misfit(`${flatten.name}: the result is not (N, ${features})`);
  }
}

// Linear layers, each with at most one activation, but for the last one.
function readRows(walk: Walk): FusedLayer[] {
  const layers: FusedLayer[] = [];
  for (;;) {
    const call = walk.expect(['linear'], 'a linear layer');
    layers.push(walk.layer(call, readLinear(call)));
    if (walk.call === undefined) return layers;
    const activation = walk.take(activationNames);
    if (activation === undefined) continue;
    layers.push(readActivation(activation));
    if (walk.call === undefined) misfit(`${activation.name}: the last layer is not linear`);
  }
}

// The engine has a copy of each: of two that are one in memory, only one would learn.
function ownMemory(parameters: readonly (Tensor | null)[], trains: boolean): boolean {
  const present = parameters.filter((parameter) => parameter !== null);
  const groups = trains ? [present] : present.map((parameter) => [parameter]);
  return groups.every((group) => native.haveOwnMemory(group));
}

/** Whether the engine can still take a chain's parameters. */
export function hasUsableParameters(chain: Chain, trains: boolean): boolean {
  const sources = sourcesOf(chain);
  const isUsable = (each: Tensor) => !each.isDisposed && problemOf(each, trains) === undefined;
  return sources.every(isUsable) && ownMemory(sources, trains);
}

/**
 * Reads a recording as `(convolution | pooling | activation) … → flatten → (linear → activation?) … → linear`.
 *
 * @param trains - Whether the parameters are to learn: frozen ones do not fit then.
 */
export function readChain(recording: Recording, trains: boolean): Chain | Misfit {
  try {
    const walk = new Walk(recording, trains);
    const [, ...image] = recording.input.shape as number[];
    if (image.length !== 3) misfit('the images are not (N, C, H, W)');
    const pixelSteps = readPixelSteps(walk);
    if (walk.current.dtype !== 'float32') {
      misfit(`the first layer is given ${walk.current.dtype} images, not float32`);
    }
    const layers = readImages(walk);
    readFlatten(walk);
    layers.push(...readRows(walk));
    if (recording.output !== walk.current) misfit("the model's result is not the last layer's");
    if (!ownMemory(walk.parameters, trains)) misfit('parameters share memory, or have none');
    const { dtype } = recording.input;
    const { parameters, norms } = walk;
    return { image, dtype, pixelSteps, parameters, norms, layers };
  } catch (error) {
    if (error instanceof Misfit) return error;
    throw error;
  }
}

/** Whether two forward passes did the same. */
export function sameChain(a: Chain, b: Chain): boolean {
  return (
    a.parameters.every((parameter, i) => parameter === b.parameters[i]) &&
    sameNorms(a, b) &&
    JSON.stringify([a.image, a.dtype, a.pixelSteps, a.layers]) ===
      JSON.stringify([b.image, b.dtype, b.pixelSteps, b.layers])
  );
}

function sameNorms(a: Chain, b: Chain): boolean {
  return a.norms.every((norm, i) => {
    const other = b.norms[i];
    if (norm === undefined || other === undefined) return norm === other;
    const keys = ['weight', 'bias', 'mean', 'variance', 'eps'] as const;
    return keys.every((key) => norm[key] === other[key]);
  });
}
