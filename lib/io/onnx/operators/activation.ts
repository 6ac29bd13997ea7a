import type { Call, Translation, Translations } from '../call.js';
import { Float } from '../proto.js';

const floats = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, new Float(value)]),
  ) as Record<string, Float>;

const input = (call: Call): string => call.input('self', call.result.dtype);

const scalar = (call: Call, value: number): string => call.graph.scalar(value, call.result.dtype);

/** An operator with attributes that ONNX has under another name. */
const like =
  (
    opType: string,
    attributes: (call: Call) => Readonly<Record<string, number>> = () => ({}),
  ): Translation =>
  (call) =>
    call.node(opType, [input(call)], floats(attributes(call)));

const limited =
  (bounds: (call: Call) => readonly [number, number]): Translation =>
  (call) => {
    const [least, most] = bounds(call);
    return call.node('Clip', [input(call), scalar(call, least), scalar(call, most)]);
  };

function elu(call: Call): string {
  if (call.number('scale') !== 1 || call.number('input_scale') !== 1) call.refuse('it is scaled');
  return call.node('Elu', [input(call)], floats({ alpha: call.number('alpha') }));
}

// The operator of ONNX takes float32 alone, so it is made of others.
function celu(call: Call): string {
  const { graph } = call;
  const alpha = scalar(call, call.number('alpha'));
  const scaled = graph.node('Elu', [graph.node('Div', [input(call), alpha])]);
  const low = graph.node('Mul', [scaled, alpha]);
  const isPositive = graph.node('Greater', [input(call), scalar(call, 0)]);
  return call.node('Where', [isPositive, input(call), low]);
}

function gelu(call: Call): string {
  const { graph } = call;
  const x = input(call);
  const times = (a: string, factor: number): string => graph.node('Mul', [a, scalar(call, factor)]);
  const share = (inner: string): string => times(graph.node('Add', [inner, scalar(call, 1)]), 0.5);
  if (call.string('approximate') === 'tanh') {
    const cube = graph.node('Mul', [graph.node('Mul', [x, x]), x]);
    const sum = graph.node('Add', [x, times(cube, 0.044715)]);
    return call.node('Mul', [x, share(graph.node('Tanh', [times(sum, Math.sqrt(2 / Math.PI))]))]);
  }
  return call.node('Mul', [x, share(graph.node('Erf', [times(x, Math.SQRT1_2)]))]);
}

function glu(call: Call): string {
  const { dtype, shape } = call.value('self');
  const axis = call.axis('dim', shape.length);
  const size = shape[axis];
  if (typeof size !== 'number') call.refuse('halves the batch');
  const part = (start: number, end: number): string => {
    const [starts, ends, axes] = [[start], [end], [axis]].map((each) =>
      call.graph.constant(each, 'int64'),
    );
    return call.graph.node('Slice', [call.input('self', dtype), starts!, ends!, axes!]);
  };
  const gate = call.graph.node('Sigmoid', [part(size / 2, size)]);
  return call.node('Mul', [part(0, size / 2), gate]);
}

function hardshrink(call: Call): string {
  const bound = scalar(call, call.number('lambd'));
  const isBeyond = call.graph.node('Greater', [call.graph.node('Abs', [input(call)]), bound]);
  return call.node('Where', [isBeyond, input(call), scalar(call, 0)]);
}

function threshold(call: Call): string {
  const isAbove = call.graph.node('Greater', [input(call), scalar(call, call.number('threshold'))]);
  return call.node('Where', [isAbove, input(call), scalar(call, call.number('value'))]);
}

function softplus(call: Call): string {
  const { graph } = call;
  const beta = scalar(call, call.number('beta'));
  const scaled = graph.node('Mul', [input(call), beta]);
  const soft = graph.node('Div', [graph.node('Softplus', [scaled]), beta]);
  const isAbove = graph.node('Greater', [scaled, scalar(call, call.number('threshold'))]);
  return call.node('Where', [isAbove, input(call), soft]);
}

function logSigmoid(call: Call): string {
  const negative = call.graph.node('Neg', [input(call)]);
  return call.node('Neg', [call.graph.node('Softplus', [negative])]);
}

function prelu(call: Call): string {
  const { shape } = call.value('self');
  const weight = call.value('weight');
  const slope = call.input('weight');
  // Channels are the second dimension; ONNX's slopes broadcast from the last one.
  const others = Math.max(0, shape.length - 2);
  if (others === 0 || weight.shape.length !== 1)
    return call.node('PRelu', [call.input('self'), slope]);
  const axes = call.graph.constant(
    Array.from({ length: others }, (_, i) => i + 1),
    'int64',
  );
  return call.node('PRelu', [call.input('self'), call.graph.node('Unsqueeze', [slope, axes])]);
}

/** In evaluation, the slope is the mean of both. */
function rrelu(call: Call): string {
  if (call.boolean('training'))
    call.refuse('draws slopes although the model is in evaluation mode');
  call.ignore('generator');
  const alpha = (call.number('lower') + call.number('upper')) / 2;
  return call.node('LeakyRelu', [input(call)], floats({ alpha }));
}

/** Activations beyond the simplest. */
export const activation: Translations = {
  elu,
  celu,
  selu: like('Selu', () => ({ alpha: 1.6732632423543772, gamma: 1.0507009873554805 })),
  gelu,
  glu,
  hardshrink,
  softshrink: like('Shrink', (call) => {
    const lambd = call.number('lambd');
    return { lambd, bias: lambd };
  }),
  hardsigmoid: like('HardSigmoid', () => ({ alpha: 1 / 6, beta: 0.5 })),
  hardswish: like('HardSwish'),
  hardtanh: limited((call) => [call.number('min_val'), call.number('max_val')]),
  relu6: limited(() => [0, 6]),
  log_sigmoid: logSigmoid,
  mish: like('Mish'),
  prelu,
  rrelu,
  softplus,
  threshold,
};
