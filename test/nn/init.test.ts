import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { decode, type Encoded, expectClose, recorded } from '../recorded.js';

interface Call {
  name: string;
  args: number[];
  options: Record<string, unknown>;
  value: Encoded;
}

const { nn } = torch;
const { init } = nn;
const reference = recorded<{
  calls: Call[];
  gains: Record<string, number>;
  slope: number;
  Linear: Encoded[];
  Conv2d: Encoded[];
}>('initial');

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('initialisation equals PyTorch', () => {
  test.each(
    reference.calls.map(
      (call) =>
        [`${call.name} ${JSON.stringify(call.options)} [${call.value.shape}]`, call] as const,
    ),
  )('%s', (_, { name, args, options, value }) => {
    torch.manualSeed(5);
    const tensor = torch.empty(value.shape, { requiresGrad: true });
    const fill = (init as unknown as Record<string, (...args: unknown[]) => torch.Tensor>)[
      camel(name)
    ] as (...args: unknown[]) => torch.Tensor;
    const given = Object.keys(options).length === 0 ? args : [...args, options];
    expect(fill(tensor, ...given)).toBe(tensor);
    expect(tensor.isLeaf).toBe(true);
    // Even numbers are bit-equal; normal ones go through logarithms and cosines.
    if (name.includes('normal')) expectClose(tensor.detach(), value, 1e-6, 1e-6);
    else expect(tensor.equal(decode(value) as torch.Tensor)).toBe(true);
  });

  test.each([
    ['Linear', () => new nn.Linear(6, 4)],
    ['Conv2d', () => new nn.Conv2d(4, 6, [3, 2], { groups: 2 })],
  ] as const)('the parameters of a new %s are bit-equal', (name, make) => {
    torch.manualSeed(5);
    const parameters = [...make().parameters()];
    const wanted = decode(reference[name]) as torch.Tensor[];
    expect(parameters.map((parameter, i) => parameter.equal(wanted[i] as torch.Tensor))).toEqual([
      true,
      true,
    ]);
  });

  test('gains', () => {
    for (const [name, gain] of Object.entries(reference.gains)) {
      expect(init.calculateGain(name as torch.nn.init.Nonlinearity)).toBe(gain);
    }
    expect(init.calculateGain('leaky_relu', 0.2)).toBe(reference.slope);
  });

  test('a generator of one’s own', () => {
    const generator = new torch.Generator().manualSeed(5);
    const own = init.uniform_(torch.empty(4), 0, 1, { generator });
    torch.manualSeed(5);
    expect(own.equal(init.uniform_(torch.empty(4)))).toBe(true);
  });

  test('layers of other dtypes', () => {
    const layer = new nn.Linear(3, 2, { dtype: 'float64' });
    expect([layer.weight.dtype, layer.bias?.dtype]).toEqual(['float64', 'float64']);
    expect(Math.abs(Number(layer.weight.abs().max().item()))).toBeLessThan(1 / Math.sqrt(3));
  });

  test.each<[string, () => unknown]>([
    ['unknown nonlinearity', () => init.calculateGain('gelu' as never)],
    ['unknown mode', () => init.kaimingUniform_(torch.empty(2, 2), { mode: 'fan' as never })],
    ['too few dimensions', () => init.xavierUniform_(torch.empty(2))],
    ['eye_ of three dimensions', () => init.eye_(torch.empty(2, 2, 2))],
  ])('refuses: %s', (_, call) => {
    expect(call).toThrow(invalid());
  });
});
