import type {
  RecordedCall,
  RecordedTensor,
  RecordedValue,
} from '../../native/exports/recording.js';

/** A layer as `lenet_fused_layer` of native/fused/engine.h has it; what is not said is 0. */
export interface FusedLayer {
  readonly kind: 'convolution' | 'maxPool' | 'averagePool' | 'activation' | 'linear';
  readonly outputs?: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly bias?: boolean;
  readonly activation?: number;
  readonly slope?: number;
}

/** Numbers of `lenet_fused_kind`. */
const kinds = { convolution: 0, maxPool: 1, averagePool: 2, activation: 3, linear: 4 } as const;

/** The image's sizes and each layer's fields, as `createFused` takes them. */
export function numbersOf(
  image: readonly number[],
  layers: readonly FusedLayer[],
): Float64Array<ArrayBuffer> {
  const numbers = layers.flatMap((layer) => {
    const { outputs = 0, kernel = 0, stride = 0, padding = 0 } = layer;
    const { bias = false, activation = 0, slope = 0 } = layer;
    return [kinds[layer.kind], outputs, kernel, stride, padding, Number(bias), activation, slope];
  });
  return Float64Array.from([...image, ...numbers]);
}

/** Why a forward pass is no network for the engine: names the first operator that does not fit. */
export class Misfit {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export function misfit(reason: string): never {
  throw new Misfit(reason);
}

// A number that stands for itself and for a list of equal ones.
function only(value: RecordedValue | undefined, what: string): number {
  const [first, ...rest] = Array.isArray(value) ? value : [value];
  if (typeof first !== 'number') misfit(`${what} is no number`);
  if (rest.some((each) => each !== first)) misfit(`${what} is not the same in both directions`);
  return first;
}

/** Layers with weights, without saying whether there is a bias. */
export function readConvolution({ arguments: given }: RecordedCall): FusedLayer {
  const [outputs, , height, width] = (given.weight as RecordedTensor).shape as number[];
  if (height !== width || ![1, 3, 5, 7].includes(height!)) {
    misfit(`conv2d: the kernel is ${height}×${width}, not square of 1, 3, 5 or 7 pixels`);
  }
  if (typeof given.padding === 'string') misfit('conv2d: the padding is no number');
  const stride = only(given.stride, 'conv2d: the stride');
  const padding = only(given.padding, 'conv2d: the padding');
  if (stride !== 1 && stride !== 2) misfit('conv2d: the stride is neither 1 nor 2');
  if (padding >= height!) misfit('conv2d: the padding is not below the kernel');
  if (only(given.dilation, 'conv2d: the dilation') !== 1) misfit('conv2d: the dilation is not 1');
  if (given.groups !== 1) misfit('conv2d: there are groups');
  return { kind: 'convolution', outputs: outputs!, kernel: height!, stride, padding };
}

export function readLinear({ arguments: given }: RecordedCall): FusedLayer {
  return { kind: 'linear', outputs: (given.weight as RecordedTensor).shape[0]! };
}

const pools = { max_pool2d: 'maxPool', avg_pool2d: 'averagePool' } as const;
export const poolNames = Object.keys(pools);

export function readPool({ name, arguments: given }: RecordedCall): FusedLayer {
  const kernel = only(given.kernel_size, `${name}: the window`);
  const stride = Array.isArray(given.stride) && given.stride.length === 0 ? kernel : given.stride;
  if (kernel !== 2 && kernel !== 3) misfit(`${name}: the window is neither 2×2 nor 3×3`);
  if (only(stride, `${name}: the stride`) !== 2) misfit(`${name}: the stride is not 2`);
  if (only(given.padding, `${name}: the padding`) !== 0) misfit(`${name}: there is padding`);
  const { dilation = 1, ceil_mode: ceil, divisor_override: divisor = null } = given;
  if (only(dilation, `${name}: the dilation`) !== 1) misfit(`${name}: the dilation is not 1`);
  if (ceil !== false) misfit(`${name}: windows may reach beyond the edge`);
  if (divisor !== null && divisor !== kernel * kernel) {
    misfit(`${name}: sums are not divided by ${kernel * kernel}`);
  }
  return { kind: pools[name as keyof typeof pools], kernel, stride: 2 };
}

/** Numbers of `lenet_fused_activation`. */
const activations = { sigmoid: 1, relu: 2, tanh: 3, leaky_relu: 4, gelu: 5, silu: 7 } as const;
const geluTanh = 6;
export const activationNames = Object.keys(activations);

export function readActivation({ name, arguments: given }: RecordedCall): FusedLayer {
  const activation = activations[name as keyof typeof activations];
  if (name === 'gelu' && given.approximate === 'tanh')
    return { kind: 'activation', activation: geluTanh };
  if (name !== 'leaky_relu') return { kind: 'activation', activation };
  const { number } = (given.negative_slope ?? {}) as Partial<RecordedTensor>;
  const slope = number ?? given.negative_slope;
  if (typeof slope !== 'number' || !(slope >= 0)) misfit('leaky_relu: the slope is below 0');
  return { kind: 'activation', activation, slope };
}
