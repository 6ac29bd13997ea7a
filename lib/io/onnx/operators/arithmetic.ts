import type { Call, Translation, Translations } from '../call.js';

/** Both operands in the result's dtype, which is how libtorch computes too. */
const binary =
  (opType: string): Translation =>
  (call) => {
    const { dtype } = call.result;
    return call.node(opType, [call.operand('self', dtype), call.operand('other', dtype)]);
  };

/** `self + alpha · other`, `self − alpha · other` */
const scaled =
  (opType: string): Translation =>
  (call) => {
    const { dtype } = call.result;
    if (dtype === 'bool') call.refuse('ONNX adds no bools; convert them first');
    const self = call.operand('self', dtype);
    const other = call.operand('other', dtype);
    const alpha = call.size('alpha');
    if (alpha === 1) return call.node(opType, [self, other]);
    return call.node(opType, [
      self,
      call.graph.node('Mul', [other, call.graph.scalar(alpha, dtype)]),
    ]);
  };

function div(call: Call): string {
  const { dtype } = call.result;
  const mode = call.string('rounding_mode');
  const quotient = (): string =>
    call.node('Div', [call.operand('self', dtype), call.operand('other', dtype)]);
  if (mode === undefined) return quotient();
  if (mode !== 'floor' || !/float/.test(dtype)) {
    call.refuse(`roundingMode '${mode}' of ${dtype} is not supported; 'floor' of floats is`);
  }
  return call.node('Floor', [quotient()]);
}

function rsub(call: Call): string {
  const { dtype } = call.result;
  if (call.size('alpha') !== 1) call.refuse('alpha is not 1');
  return call.node('Sub', [call.operand('other', dtype), call.operand('self', dtype)]);
}

function pow(call: Call): string {
  const { dtype } = call.result;
  return call.node('Pow', [call.operand('self', dtype), call.operand('exponent', dtype)]);
}

/** `self + value · tensor1 · tensor2`, or with the quotient of these. */
const addCombined =
  (opType: string): Translation =>
  (call) => {
    const { dtype } = call.result;
    const operands = [call.input('tensor1', dtype), call.input('tensor2', dtype)];
    const value = call.size('value');
    const combined = call.graph.node(opType, operands);
    const scaledBy = (factor: string): string => call.graph.node('Mul', [combined, factor]);
    const term = value === 1 ? combined : scaledBy(call.graph.scalar(value, dtype));
    return call.node('Add', [call.input('self', dtype), term]);
  };

/** Comparisons give bools; their operands keep the dtype that they share. */
const compared =
  (opType: string, negated = false): Translation =>
  (call) => {
    const { dtype } = call.value('self');
    const inputs = [call.operand('self', dtype), call.comparand('other', dtype)];
    if (!negated) return call.node(opType, inputs);
    return call.node('Not', [call.graph.node(opType, inputs)]);
  };

const logical =
  (opType: string): Translation =>
  (call) =>
    call.node(opType, [call.operand('self', 'bool'), call.operand('other', 'bool')]);

function where(call: Call): string {
  const { dtype } = call.result;
  const condition = call.input('condition', 'bool');
  return call.node('Where', [condition, call.operand('self', dtype), call.operand('other', dtype)]);
}

function maskedFill(call: Call): string {
  const { dtype } = call.result;
  const mask = call.input('mask', 'bool');
  return call.node('Where', [mask, call.operand('value', dtype), call.operand('self', dtype)]);
}

/** Functions of two operands; shapes broadcast in ONNX as in PyTorch. */
export const arithmetic: Translations = {
  add: scaled('Add'),
  sub: scaled('Sub'),
  rsub,
  addcmul: addCombined('Mul'),
  addcdiv: addCombined('Div'),
  mul: binary('Mul'),
  div,
  pow,
  maximum: binary('Max'),
  minimum: binary('Min'),
  eq: compared('Equal'),
  ne: compared('Equal', true),
  lt: compared('Less'),
  le: compared('LessOrEqual'),
  gt: compared('Greater'),
  ge: compared('GreaterOrEqual'),
  logical_not: (call) => call.node('Not', [call.input('self', 'bool')]),
  logical_and: logical('And'),
  logical_or: logical('Or'),
  logical_xor: logical('Xor'),
  where,
  masked_fill: maskedFill,
};
