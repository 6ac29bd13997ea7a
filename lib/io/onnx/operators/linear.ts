import type { Call, Translation, Translations } from '../call.js';

function linear(call: Call): string {
  const { shape } = call.value('input');
  const [input, weight] = [call.input('input'), call.input('weight')];
  const bias = call.has('bias') ? call.input('bias') : undefined;
  if (shape.length === 2) {
    const inputs = bias === undefined ? [input, weight] : [input, weight, bias];
    return call.node('Gemm', inputs, { transB: 1 });
  }
  const transposed = call.graph.node('Transpose', [weight], { perm: [1, 0] });
  if (bias === undefined) return call.node('MatMul', [input, transposed]);
  return call.node('Add', [call.graph.node('MatMul', [input, transposed]), bias]);
}

const matmul =
  (second: string): Translation =>
  (call) =>
    call.node('MatMul', [call.input('self'), call.input(second)]);

export const linearAlgebra: Translations = {
  linear,
  matmul: matmul('other'),
  mm: matmul('mat2'),
  bmm: matmul('mat2'),
  dot: matmul('tensor'),
};
