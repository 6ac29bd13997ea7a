import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { Cube, Doubled, Exp, Scale, SetUp, Sparing } from './functions.js';

type Tensor = torch.Tensor;
type Context = torch.autograd.FunctionContext;
const { Function, gradcheck, gradgradcheck } = torch.autograd;

const leaf = (...shape: number[]): Tensor =>
  torch.rand(shape, { dtype: 'float64', requiresGrad: true });

describe('what is right', () => {
  const right: Record<string, [func: (...inputs: Tensor[]) => unknown, ...inputs: Tensor[]]> = {
    operators: [(x, y) => [x!.matmul(y!).sigmoid(), x!.exp()], leaf(2, 3), leaf(3, 2)],
    'one number': [(x) => x!.square().sum(), leaf()],
    convolution: [(x, w) => torch.nn.functional.conv2d(x!, w!), leaf(1, 2, 4, 4), leaf(3, 2, 3, 3)],
    'a transposed tensor': [(x) => x!.tanh(), leaf(3, 2).detach().t().requiresGrad_()],
    Exp: [(x) => Exp.apply(x!), leaf(3)],
    Cube: [(x) => Cube.apply(x!), leaf(2, 2)],
    Scale: [(x, w) => Scale.apply(x!, 2.5, w!), leaf(3), leaf(3)],
    SetUp: [(x) => SetUp.apply(x!, 3), leaf(3)],
    'Doubled, in place': [(x) => Doubled.apply(x!.clone()), leaf(3)],
  };
  test.each(Object.entries(right))('%s', (_, [func, ...inputs]) => {
    const before = inputs.map((each) => each.tolist());
    expect(gradcheck(func, inputs)).toBe(true);
    expect(gradgradcheck(func, inputs)).toBe(true);
    expect(inputs.map((each) => each.tolist())).toEqual(before);
  });

  test('layers, in float64', () => {
    const net = new torch.nn.Sequential(new torch.nn.Linear(3, 2), new torch.nn.Tanh()).double();
    expect(gradcheck((x: Tensor) => net.forward(x), leaf(2, 3))).toBe(true);
  });

  test('outputs without gradients that do not depend on the inputs', () => {
    expect(gradcheck((x: Tensor) => torch.ones(x.shape), leaf(2))).toBe(true);
  });
});

describe('what is wrong', () => {
  const wrong = (backward: (context: Context, ...gradients: Tensor[]) => unknown) =>
    class Wrong extends Function {
      static forward(context: Context, x: Tensor): Tensor {
        context.saveForBackward(x);
        return x.square();
      }
      static backward(context: Context, ...gradients: Tensor[]): unknown {
        return backward(context, ...gradients);
      }
    };
  const times = (factor: number) =>
    wrong((context, gradient) => gradient.mul(context.savedTensors[0]!).mul(factor));
  const refused = (Class: ReturnType<typeof wrong>, message: RegExp, options = {}): void => {
    const x = leaf(3);
    expect(() => gradcheck((each: Tensor) => Class.apply(each), x, options)).toThrow(
      coded('ERR_GRADCHECK', message),
    );
    const quiet = { ...options, raiseException: false };
    expect(gradcheck((each: Tensor) => Class.apply(each), x, quiet)).toBe(false);
  };

  test('another gradient, with both in the message', () => {
    refused(times(3), /output 0 with respect to input 0 are wrong.\nNumerically:\ntensor\(\[\[/);
    refused(times(2.01), /are wrong/);
    expect(gradcheck((each: Tensor) => times(2.01).apply(each), leaf(3), { rtol: 0.1 })).toBe(true);
  });

  test('a backward that differs from pass to pass', () => {
    let passes = 0;
    const drifting = wrong((context, gradient) =>
      gradient
        .mul(context.savedTensors[0]!)
        .mul(2)
        .mul(1 + 1e-6 * passes++),
    );
    refused(drifting, /two passes/);
    expect(
      gradcheck((each: Tensor) => drifting.apply(each), leaf(3), { nondetTol: 1e-2, rtol: 0.1 }),
    ).toBe(true);
  });

  test('a backward that copes with no missing gradient', () => {
    class Strict extends Function {
      static forward(context: Context, x: Tensor): Tensor[] {
        context.setMaterializeGrads(false);
        return [x.mul(2), x.mul(3)];
      }
      static backward(_context: Context, a: Tensor, b: Tensor): Tensor {
        return a.mul(2).add(b.mul(3));
      }
    }
    // From one output at a time: the other has none.
    expect(() => gradcheck((x: Tensor) => Strict.apply(x), leaf(2))).toThrow(TypeError);
    const first = (x: Tensor) => Sparing.apply(x)[0];
    expect(gradcheck(first, leaf(2), { checkUndefinedGrad: false })).toBe(true);
    expect(() => gradcheck(first, leaf(2))).toThrow(
      coded('ERR_GRADCHECK', /fails for outputs that nothing came of/),
    );
  });

  test('outputs cut off from inputs that they depend on', () => {
    expect(() => gradcheck((x: Tensor) => x.detach().mul(2), leaf(2))).toThrow(
      coded('ERR_GRADCHECK', /no output requires gradients/),
    );
  });

  test('a gradient that cannot be differentiated again', () => {
    const once = wrong((context, gradient) =>
      torch.noGrad(() => gradient.mul(context.savedTensors[0]!).mul(2)),
    );
    expect(gradcheck((x: Tensor) => once.apply(x), leaf(2))).toBe(true);
    expect(() => gradgradcheck((x: Tensor) => once.apply(x), leaf(2))).toThrow(
      coded('ERR_GRADCHECK'),
    );
  });

  test('arguments', () => {
    const func = (x: Tensor) => x.mul(2);
    expect(() => gradcheck(5 as never, leaf(2))).toThrow(invalid(/func/));
    expect(() => gradcheck(func, torch.ones(2))).toThrow(invalid(/at least one Tensor/));
    expect(() => gradcheck(func, 'x')).toThrow(invalid(/at least one Tensor/));
    expect(() => gradcheck(func, leaf(1).expand(3))).toThrow(invalid(/share their memory/));
    expect(() => gradcheck((async (x: Tensor) => x) as never, leaf(2))).toThrow(
      coded('ERR_ASYNC_NO_GRAD'),
    );
    const complex = (x: Tensor) => torch.complex(x, x);
    expect(() => gradcheck(complex, leaf(2))).toThrow(invalid(/complex/));
  });
});
