// Functions and hooks in JavaScript: what goes wrong in them, and what they hold.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';
import { Cube, Exp } from './functions.js';

type Tensor = torch.Tensor;
type Context = torch.autograd.FunctionContext;
const { Function, grad } = torch.autograd;

const leaf = (): Tensor => torch.tensor([1, 2, 3], { requiresGrad: true });

// One whose backward is given.
function withBackward(backward: (context: Context, gradient: Tensor) => unknown) {
  return class Given extends Function {
    static forward(context: Context, x: Tensor, ..._rest: unknown[]): Tensor {
      context.saveForBackward(x);
      return x.mul(2);
    }
    static backward(context: Context, gradient: Tensor): unknown {
      return backward(context, gradient);
    }
  };
}

describe('what JavaScript throws in a pass comes out of it as it is', () => {
  const mine = new RangeError('mine');
  const fail = (): never => {
    throw mine;
  };
  const passes: Record<string, () => void> = {
    backward: () => withBackward(fail).apply(leaf()).sum().backward(),
    'backward in grad': () => {
      const x = leaf();
      grad(withBackward(fail).apply(x).sum(), x);
    },
    'a hook of a leaf': () => {
      const x = leaf();
      x.registerHook(fail);
      x.sum().backward();
    },
    'a hook of a node': () => {
      const y = leaf().mul(2);
      y.registerHook(fail);
      y.sum().backward();
    },
    'a post accumulate hook': () => {
      const x = leaf();
      x.registerPostAccumulateGradHook(fail);
      x.sum().backward();
    },
    'a pass within a pass': () => {
      const inner = withBackward(fail).apply(leaf()).sum();
      const y = leaf().mul(2);
      y.registerHook(() => inner.backward());
      y.sum().backward();
    },
    forward: () => {
      class Failing extends Function {
        static forward(_context: Context, _x: Tensor): Tensor {
          return fail();
        }
      }
      Failing.apply(leaf());
    },
  };

  test.each(Object.entries(passes))('%s', async (_, pass) => {
    const before = await tensorsInUse();
    let caught: unknown;
    try {
      pass();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(mine);
    // Whatever was thrown, the engine goes on, and nothing is left.
    const x = leaf();
    Cube.apply(x).sum().backward();
    expect(x.grad!.tolist()).toEqual([3, 12, 27]);
    x.dispose();
    expect(await tensorsInUse()).toBeLessThanOrEqual(before);
  });

  test('values that are no errors too', () => {
    for (const value of ['text', 5, null, undefined]) {
      const y = withBackward(() => {
        throw value;
      })
        .apply(leaf())
        .sum();
      let caught: unknown = 'nothing';
      try {
        y.backward();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(value);
    }
  });
});

describe('what does not fit is refused', () => {
  const wrong: Record<string, [given: (g: Tensor) => unknown, message: RegExp]> = {
    'another number of gradients': [() => [], /gives 0 gradients, expected 2/],
    'too many gradients': [(g) => [g, null, g], /gives 3 gradients, expected 2/],
    'a gradient of a number': [(g) => [g, g], /argument 2 of forward, which is no Tensor/],
    'no tensor': [() => [5, null], /expected Tensors or null, got 5/],
  };
  test.each(Object.entries(wrong))('%s', (_, [given, message]) => {
    const y = withBackward((_context, g) => given(g)).apply(leaf(), 5);
    expect(() => y.sum().backward()).toThrow(invalid(message));
  });

  test('a gradient of another shape, as libtorch says', () => {
    const y = withBackward(() => torch.ones(2)).apply(leaf());
    expect(() => y.sum().backward()).toThrow(coded('ERR_LIBTORCH', /invalid gradient/));
  });

  test('trailing null is', () => {
    const x = leaf();
    withBackward((_context, g) => [g, null, null])
      .apply(x)
      .sum()
      .backward();
    expect(x.grad!.tolist()).toEqual([1, 1, 1]);
  });

  test('promises', async () => {
    const later = withBackward(async () => null);
    expect(() => later.apply(leaf()).sum().backward()).toThrow(coded('ERR_ASYNC_NO_GRAD'));
    class Later extends Function {
      static async forward(_context: Context, x: Tensor): Promise<Tensor> {
        return x;
      }
    }
    expect(() => Later.apply(leaf())).toThrow(coded('ERR_ASYNC_NO_GRAD'));
    const x = leaf();
    x.registerHook((async () => {}) as never);
    expect(() => x.sum().backward()).toThrow(coded('ERR_ASYNC_NO_GRAD'));
  });

  test('what is not defined', () => {
    class Nothing extends Function {}
    expect(() => (Nothing as unknown as typeof Exp).apply(leaf())).toThrow(
      invalid('Nothing: static forward() is not defined'),
    );
    class Half extends Function {
      static forward(_context: Context, x: Tensor): Tensor {
        return x.mul(1);
      }
    }
    expect(() => Half.apply(leaf()).sum().backward()).toThrow(
      invalid('Half: static backward() is not defined'),
    );
  });

  test('arguments of the context', () => {
    const saves = (save: (context: Context) => void) =>
      class Saving extends Function {
        static forward(context: Context, x: Tensor): Tensor {
          save(context);
          return x.mul(1);
        }
      };
    const refuses = (save: (context: Context) => void, message: RegExp) =>
      expect(() => saves(save).apply(leaf())).toThrow(invalid(message));
    refuses((context) => context.saveForBackward(3 as never), /saveForBackward: .* got 3/);
    refuses((context) => context.markDirty(null as never), /markDirty: .* got null/);
    refuses((context) => context.markNonDifferentiable('x' as never), /markNonDifferentiable/);
    refuses((context) => context.setMaterializeGrads(1 as never), /setMaterializeGrads/);
    refuses((context) => context.savedTensors, /in backward\(\) only/);
  });

  test('a pass through what is running, which would wait for itself', () => {
    const y = leaf().mul(2);
    const sum = y.sum();
    y.registerHook(() => sum.backward(null, { retainGraph: true }));
    expect(() => sum.backward()).toThrow(
      coded('ERR_LIBTORCH', /a graph that this one is a part of/),
    );
    const x = leaf();
    const loss = x.sum();
    x.registerPostAccumulateGradHook(() => loss.backward(null, { retainGraph: true }));
    expect(() => loss.backward(null, { retainGraph: true })).toThrow(coded('ERR_LIBTORCH'));
  });

  test('a hook whose result has another shape', () => {
    const x = leaf();
    x.registerHook(() => torch.ones(2));
    expect(() => x.sum().backward()).toThrow(coded('ERR_LIBTORCH', /size/));
    const y = leaf();
    y.registerHook((() => 5) as never);
    expect(() => y.sum().backward()).toThrow(invalid(/registerHook: what the hook returns/));
  });
});

test('saved tensors that were changed are told of where they are asked for', () => {
  const seen: unknown[] = [];
  const Careful = withBackward((context, g) => {
    try {
      seen.push(context.savedTensors);
    } catch (error) {
      seen.push(error);
    }
    return g;
  });
  const y = leaf().mul(1);
  const z = Careful.apply(y).sum();
  y.add_(1);
  z.backward();
  expect(seen).toEqual([coded('ERR_LIBTORCH', /modified by an inplace operation/)]);
});

test('a pass may run passes of other graphs, many deep, and says where no thread calls JavaScript', () => {
  let depth = 0;
  const Deep: ReturnType<typeof withBackward> = withBackward((_context, g) => {
    if (depth-- > 0) Deep.apply(torch.enableGrad(leaf)).sum().backward();
    return g;
  });
  const run = (wanted: number) => {
    depth = wanted;
    torch.enableGrad(() => Deep.apply(leaf()).sum()).backward();
  };
  const Within: ReturnType<typeof withBackward> = withBackward((_context, g) => {
    if (depth-- > 0) torch.enableGrad(() => Within.apply(leaf()).sum()).backward();
    return g;
  });
  depth = 40;
  Within.apply(leaf()).sum().backward();
  expect(depth).toBe(-1);
  depth = 100;
  expect(() => Within.apply(leaf()).sum().backward()).toThrow(coded('ERR_BACKWARD_THREAD'));
  expect(() => run(0)).not.toThrow();
});

describe('what is held', () => {
  test('saved tensors, as long as the graph is, whatever scopes release', () => {
    const x = leaf();
    const y = torch.tidy(() => {
      const inside = x.mul(2);
      return Cube.apply(inside).sum();
    });
    y.backward();
    expect(x.grad!.tolist()).toEqual([24, 96, 216]);
  });

  test('fields of the context are released as anything is', () => {
    class Field extends Function {
      static forward(context: Context, x: Tensor): Tensor {
        context.x = x;
        return x.mul(1);
      }
      static backward(context: Context, g: Tensor): Tensor {
        return g.mul(context.x);
      }
    }
    const y = torch.tidy(() => Field.apply(leaf()).sum());
    expect(() => y.backward()).toThrow(coded('ERR_TENSOR_RELEASED'));
  });

  const Failing = withBackward(() => {
    throw new Error('failed');
  });
  const loops: Record<string, () => void> = {
    'a pass': () => Cube.apply(Exp.apply(leaf())).sum().backward(),
    'no pass': () => void Cube.apply(Exp.apply(leaf())),
    'a failed pass': () => {
      const y = Failing.apply(leaf());
      expect(() => y.sum().backward()).toThrow('failed');
    },
    'a graph of a graph': () => {
      const x = leaf();
      const [g] = grad(Cube.apply(x).sum(), x, { createGraph: true });
      g!.sum().backward();
      x.grad = null;
    },
    'hooks of nodes': () => {
      const y = leaf().mul(2);
      y.registerHook((g) => g.mul(2));
      y.sum().backward();
    },
    'hooks of modules': () => {
      const net = new torch.nn.Linear(3, 1);
      net.registerFullBackwardHook(() => {});
      net.registerFullBackwardPreHook(() => {});
      net.forward(leaf()).sum().backward();
    },
    derivatives: () => {
      torch.autograd.functional.hessian((x: Tensor) => Cube.apply(x).sum(), leaf());
    },
  };
  test.each(Object.entries(loops))('nothing after %s', async (_, work) => {
    work();
    const before = await tensorsInUse();
    for (let i = 0; i < 50; i++) work();
    expect(await tensorsInUse()).toBe(before);
    torch.tidy(() => {
      for (let i = 0; i < 50; i++) work();
    });
    expect(await tensorsInUse()).toBe(before);
  });

  test('a hook that refers to its tensor, until it is removed or the tensor released', async () => {
    const before = await tensorsInUse();
    const hooked = () => {
      const y = leaf().mul(2);
      const handle = y.registerHook((g) => g.mul(y));
      y.sum().backward();
      return handle;
    };
    const handles = Array.from({ length: 10 }, hooked);
    expect(await tensorsInUse()).toBeGreaterThanOrEqual(before + 10);
    for (const handle of handles) handle.remove();
    expect(await tensorsInUse()).toBe(before);
    torch.tidy(() => void hooked());
    expect(await tensorsInUse()).toBe(before);
  });

  test('hooks of a parameter that come and go leave no trace in it', () => {
    const x = leaf();
    const calls: number[] = [];
    for (let i = 0; i < 100; i++) {
      const handle = x.registerHook(() => void calls.push(i));
      x.sum().backward();
      handle.remove();
    }
    expect(calls).toEqual(Array.from({ length: 100 }, (_, i) => i));
    x.sum().backward();
    expect(calls).toHaveLength(100);
  });

  test('a hook may take itself away, and add others for later passes', () => {
    const x = leaf();
    const calls: string[] = [];
    const handle = x.registerHook(() => {
      calls.push('first');
      handle.remove();
      x.registerHook(() => void calls.push('second'));
    });
    x.sum().backward();
    x.sum().backward();
    expect(calls).toEqual(['first', 'second']);
    const y = x.mul(2);
    const own = y.registerHook(() => {
      own.remove();
      own.remove();
      calls.push('node');
    });
    const sum = y.sum();
    sum.backward(null, { retainGraph: true });
    sum.backward();
    expect(calls.filter((each) => each === 'node')).toEqual(['node']);
  });
});
