import type { Call, Translation, Translations } from '../call.js';
import { Float } from '../proto.js';

const unary =
  (opType: string): Translation =>
  (call) =>
    // An integer's logarithm is a float: the result's dtype counts.
    call.node(opType, [call.input('self', call.result.dtype)]);

function softmax(opType: string): Translation {
  return (call) => {
    const { dtype, shape } = call.result;
    call.ignore('dtype');
    const axis = call.axis('dim', shape.length);
    return call.node(opType, [call.input('self', dtype)], { axis });
  };
}

function clamp(call: Call): string {
  const { dtype } = call.result;
  const bound = (name: string): string =>
    call.has(name) ? call.graph.scalar(call.size(name), dtype) : '';
  const inputs = [call.input('self', dtype), bound('min'), bound('max')];
  return call.node('Clip', inputs[2] === '' ? inputs.slice(0, 2) : inputs);
}

function leakyRelu(call: Call): string {
  const alpha = new Float(call.number('negative_slope'));
  return call.node('LeakyRelu', [call.input('self')], { alpha });
}

function silu(call: Call): string {
  const input = call.input('self');
  return call.node('Mul', [input, call.graph.node('Sigmoid', [input])]);
}

function square(call: Call): string {
  const input = call.input('self');
  return call.node('Mul', [input, input]);
}

function rsqrt(call: Call): string {
  const root = call.graph.node('Sqrt', [call.input('self', call.result.dtype)]);
  return call.node('Reciprocal', [root]);
}

/** A logarithm of another base. */
const logarithm =
  (base: number): Translation =>
  (call) => {
    const { dtype } = call.result;
    const natural = call.graph.node('Log', [call.input('self', dtype)]);
    return call.node('Mul', [natural, call.graph.scalar(1 / Math.log(base), dtype)]);
  };

/** Functions of one operand, element by element. */
export const pointwise: Translations = {
  abs: unary('Abs'),
  neg: unary('Neg'),
  sign: unary('Sign'),
  exp: unary('Exp'),
  log: unary('Log'),
  log2: logarithm(2),
  log10: logarithm(10),
  sqrt: unary('Sqrt'),
  rsqrt,
  square,
  reciprocal: unary('Reciprocal'),
  sin: unary('Sin'),
  cos: unary('Cos'),
  tan: unary('Tan'),
  tanh: unary('Tanh'),
  sigmoid: unary('Sigmoid'),
  relu: unary('Relu'),
  erf: unary('Erf'),
  floor: unary('Floor'),
  ceil: unary('Ceil'),
  round: unary('Round'),
  leaky_relu: leakyRelu,
  silu,
  clamp,
  softmax: softmax('Softmax'),
  log_softmax: softmax('LogSoftmax'),
};
