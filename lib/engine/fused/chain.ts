import type {
  RecordedCall,
  RecordedTensor,
  RecordedValue,
} from '../../native/exports/recording.js';
import type { Recording } from '../../observe/recording.js';
import type { Trail } from '../../observe/trail.js';
import type { Tensor } from '../../tensor/index.js';

/** Numbers of native/fused/engine.h. */
const activations: Readonly<Record<string, number>> = { sigmoid: 1, relu: 2, tanh: 3 };
const pools: Readonly<Record<string, number>> = { max_pool2d: 0, avg_pool2d: 1 };
const identity = 0;

/** A step before the first convolution that changes each pixel by itself: `x.div(255)`. */
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
  /** Weight and bias of the five layers; `null` for an absent bias. */
  readonly parameters: readonly (Tensor | null)[];
  /** The numbers of `lenet_fused_network` in its order. */
  readonly network: readonly number[];
}

/** A chain with what shows whether another pass is the same. */
export interface TrailedChain extends Chain {
  readonly trail: Trail;
}

/** Why a forward pass is no such network: names the first operator that does not fit. */
export class Misfit {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function misfit(reason: string): never {
  throw new Misfit(reason);
}

const same = (value: RecordedValue | undefined, expected: number): boolean =>
  Array.isArray(value) ? value.every((each) => each === expected) : value === expected;

// Follows one tensor through the calls.
class Walk {
  readonly #calls: readonly RecordedCall[];
  readonly #recording: Recording;
  readonly #trains: boolean;
  #next = 0;
  current: RecordedTensor;
  readonly parameters: (Tensor | null)[] = [];

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

  activation(): number {
    const call = this.take(Object.keys(activations));
    return call === undefined ? identity : activations[call.name]!;
  }

  /** Adds a layer's weight and bias; returns whether it has a bias. */
  layer(call: RecordedCall): boolean {
    const weight = this.#parameter(call, 'weight');
    const { bias } = call.arguments;
    this.parameters.push(weight, bias === null ? null : this.#parameter(call, 'bias'));
    return bias !== null;
  }

  #parameter(call: RecordedCall, name: string): Tensor {
    const parameter = this.#recording.parameters.get(call.arguments[name] as RecordedTensor);
    const what = `${call.name}: its ${name}`;
    if (parameter === undefined) misfit(`${what} is not a parameter of the model`);
    if (parameter.dtype !== 'float32') misfit(`${what} is ${parameter.dtype}, not float32`);
    if (parameter.deviceName !== 'cpu') misfit(`${what} is not on the CPU`);
    if (!parameter.isContiguous()) misfit(`${what} is not contiguous`);
    if (this.#trains && !parameter.requiresGrad) misfit(`${what} is frozen`);
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

function readBlock(walk: Walk): number[] {
  const conv = walk.expect(['conv2d'], 'a convolution');
  const { weight, stride, padding, dilation, groups } = conv.arguments;
  const [out, channels, height, width] = (weight as RecordedTensor).shape as number[];
  if (height !== 5 || width !== 5) misfit(`conv2d: the kernel is ${height}×${width}, not 5×5`);
  if (!same(stride, 1)) misfit('conv2d: the stride is not 1');
  if (!same(padding, 0) && !same(padding, 2)) misfit('conv2d: the padding is neither 0 nor 2');
  if (!same(dilation, 1)) misfit('conv2d: the dilation is not 1');
  if (groups !== 1) misfit('conv2d: there are groups');
  const hasBias = walk.layer(conv);
  const before = walk.activation();
  const pool = walk.expect(Object.keys(pools), 'an activation or a pooling of 2×2');
  checkPool(pool);
  const after = before === identity ? walk.activation() : identity;
  const activation = before || after;
  const pad = same(padding, 2) ? 2 : 0;
  const poolFirst = Number(before === identity);
  return [channels!, out!, pad, activation, pools[pool.name]!, poolFirst, Number(hasBias)];
}

function checkPool({ name, arguments: given }: RecordedCall): void {
  const { kernel_size: size, stride, padding, dilation, ceil_mode: ceil } = given;
  if (!same(size, 2) || !same(stride, 2)) misfit(`${name}: window and stride are not 2×2`);
  if (!same(padding, 0)) misfit(`${name}: there is padding`);
  if (dilation !== undefined && !same(dilation, 1)) misfit(`${name}: the dilation is not 1`);
  if (ceil !== false) misfit(`${name}: windows may reach beyond the edge`);
  const divisor = given.divisor_override ?? null;
  if (divisor !== null && divisor !== 4) misfit(`${name}: sums are not divided by 4`);
}

function readFlatten(walk: Walk): void {
  const [count, ...rest] = walk.current.shape;
  const flatten = walk.expect(['flatten', 'view', 'reshape'], 'flatten or view');
  const features = rest.reduce((product, size) => product * size, 1);
  if (String(walk.current.shape) !== `${count},${features}`) {
    misfit(`${flatten.name}: the result is not (N, ${features})`);
  }
}

function readLinear(walk: Walk, isLast: boolean): number[] {
  const linear = walk.expect(['linear'], 'a linear layer');
  const [out, features] = (linear.arguments.weight as RecordedTensor).shape as number[];
  const hasBias = walk.layer(linear);
  return [features!, out!, isLast ? identity : walk.activation(), Number(hasBias)];
}

/**
 * Reads a recording as `[conv → activation, pooling] × 2 → flatten → (linear → activation) × 2 →
 * linear`.
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
    const blocks = [...readBlock(walk), ...readBlock(walk)];
    readFlatten(walk);
    const layers = [...readLinear(walk, false), ...readLinear(walk, false)];
    layers.push(...readLinear(walk, true));
    if (walk.call !== undefined) misfit(`${walk.call.name}: the last linear layer ends the chain`);
    if (recording.output !== walk.current) misfit("the model's result is not the last layer's");
    return {
      image,
      dtype: recording.input.dtype,
      pixelSteps,
      parameters: walk.parameters,
      network: [image[1]!, image[2]!, ...blocks, ...layers],
    };
  } catch (error) {
    if (error instanceof Misfit) return error;
    throw error;
  }
}

/** Whether two forward passes did the same. */
export function sameChain(a: Chain, b: Chain): boolean {
  return (
    a.parameters.every((parameter, i) => parameter === b.parameters[i]) &&
    JSON.stringify([a.image, a.dtype, a.pixelSteps, a.network]) ===
      JSON.stringify([b.image, b.dtype, b.pixelSteps, b.network])
  );
}
