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
};
