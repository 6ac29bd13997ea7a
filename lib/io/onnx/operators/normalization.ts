import type { Call, Translation, Translations } from '../call.js';
import { Float } from '../proto.js';

function batchNorm(call: Call): string {
  call.ignore('momentum', 'cudnn_enabled');
  const { dtype, shape } = call.result;
  const channels = shape[1];
  if (typeof channels !== 'number') call.refuse('the channels follow the batch');
  const eps = call.number('eps');
  const orElse = (name: string, value: number): string =>
    call.has(name)
      ? call.input(name, dtype)
      : call.graph.constant(new Array(channels).fill(value), dtype);
  const [scale, offset] = [orElse('weight', 1), orElse('bias', 0)];
  const input = call.input('input');
  if (!call.boolean('training')) {
    const statistics = [call.input('running_mean', dtype), call.input('running_var', dtype)];
    return call.node('BatchNormalization', [input, scale, offset, ...statistics], {
      epsilon: new Float(eps),
    });
  }
  // Without running statistics a layer uses the batch's own, in evaluation too.
  call.ignore('running_mean', 'running_var');
  const { graph } = call;
  const others = shape.map((_, i) => i).filter((i) => i !== 1);
  const axes = graph.constant(others, 'int64');
  const centered = graph.node('Sub', [input, graph.node('ReduceMean', [input, axes])]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [centered, centered]), axes]);
  const spread = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(eps, dtype)])]);
  const perChannel = (name: string): string =>
    graph.node('Unsqueeze', [name, graph.constant(others, 'int64')]);
  const normalized = graph.node('Div', [centered, spread]);
  return call.node('Add', [graph.node('Mul', [normalized, perChannel(scale)]), perChannel(offset)]);
}

/** `(x − mean) / √(variance + eps)` over dimensions, times the weight, plus the bias, in the shape that they have. */
function standardized(
  call: Call,
  x: string,
  axes: readonly number[],
  shaped: (name: string) => string | undefined,
  isCentered = true,
  eps = call.number('eps'),
): string {
  const { graph } = call;
  const { dtype } = call.result;
  const over = graph.constant([...axes], 'int64');
  const mean = (of: string): string => graph.node('ReduceMean', [of, over]);
  const centered = isCentered ? graph.node('Sub', [x, mean(x)]) : x;
  const spread = graph.node('Add', [
    mean(graph.node('Mul', [centered, centered])),
    graph.scalar(eps, dtype),
  ]);
  let result = graph.node('Div', [centered, graph.node('Sqrt', [spread])]);
  const [scale, offset] = [shaped('weight'), isCentered ? shaped('bias') : undefined];
  if (scale !== undefined) result = graph.node('Mul', [result, scale]);
  return offset === undefined ? result : graph.node('Add', [result, offset]);
}

const lastDims = (call: Call): number[] => {
  const count = call.numbers('normalized_shape').length;
  const rank = call.result.shape.length;
  return Array.from({ length: count }, (_, i) => rank - count + i);
};

function layerNorm(call: Call): string {
  call.ignore('cudnn_enable');
  const shaped = (name: string) => (call.has(name) ? call.input(name) : undefined);
  return standardized(call, call.input('input'), lastDims(call), shaped);
}

// libtorch's eps where none is given: the distance from 1 to the next number.
const epsilons: Readonly<Record<string, number>> = { float64: 2 ** -52, float32: 2 ** -23 };

function rmsNorm(call: Call): string {
  const eps = call.optionalNumber('eps') ?? epsilons[call.result.dtype];
  if (eps === undefined) call.refuse(`eps of ${call.result.dtype} is not known; give one`);
  const shaped = (name: string) => (call.has(name) ? call.input(name) : undefined);
  return standardized(call, call.input('input'), lastDims(call), shaped, false, eps);
}

// A weight of each channel, beside what stands after the channels.
const perChannel =
  (call: Call) =>
  (name: string): string | undefined => {
    if (!call.has(name)) return undefined;
    const after = Array.from({ length: call.result.shape.length - 2 }, (_, i) => i + 1);
    if (after.length === 0) return call.input(name);
    return call.graph.node('Unsqueeze', [call.input(name), call.graph.constant(after, 'int64')]);
  };

function instanceNorm(call: Call): string {
  call.ignore('momentum', 'cudnn_enabled');
  if (!call.boolean('use_input_stats')) call.refuse('running statistics are not supported');
  call.ignore('running_mean', 'running_var');
  const axes = call.result.shape.map((_, i) => i).slice(2);
  return standardized(call, call.input('input'), axes, perChannel(call));
}

function groupNorm(call: Call): string {
  call.ignore('cudnn_enabled');
  const { shape } = call.result;
  const [batch, ...rest] = shape;
  const groups = call.number('num_groups');
  const sizes = rest.map((size) =>
    typeof size === 'number' ? size : call.refuse('only the first dimension may follow the batch'),
  );
  const grouped = call.reshape(call.input('input'), [
    batch!,
    groups,
    sizes.reduce((a, b) => a * b, 1) / groups,
  ]);
  const plain = standardized(call, grouped, [2], () => undefined);
  let result = call.reshape(plain, shape);
  const shaped = perChannel(call);
  const [scale, offset] = [shaped('weight'), shaped('bias')];
  if (scale !== undefined) result = call.graph.node('Mul', [result, scale]);
  return offset === undefined ? result : call.graph.node('Add', [result, offset]);
}

/** Nothing is dropped in evaluation. */
const dropout =
  (input: string): Translation =>
  (call) => {
    if (call.boolean('train') && call.number('p') !== 0) {
      call.refuse('drops elements although the model is in evaluation mode');
    }
    call.ignore('p');
    return call.input(input);
  };

export const normalization: Translations = {
  batch_norm: batchNorm,
  dropout: dropout('input'),
  dropout_: dropout('self'),
  feature_dropout: dropout('input'),
  feature_dropout_: dropout('self'),
  alpha_dropout: dropout('input'),
  feature_alpha_dropout: dropout('input'),
  layer_norm: layerNorm,
  rms_norm: rmsNorm,
  instance_norm: instanceNorm,
  group_norm: groupNorm,
};
