import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';

const { nn } = torch;

describe('parameters', () => {
  test('outlive the scope they are made in, and leave nothing behind', async () => {
    const before = await tensorsInUse();
    const net = torch.tidy(() => new nn.Conv2d(1, 1, 3));
    expect(net.weight.isDisposed).toBe(false);
    expect(torch.memory().tensors).toBe(before + 2);
  });

  test('share memory with their tensor', () => {
    const data = torch.zeros(2);
    const parameter = new nn.Parameter(data);
    data.fill_(4);
    expect(parameter.tolist()).toEqual([4, 4]);
    expect(parameter instanceof torch.Tensor && parameter instanceof nn.Parameter).toBe(true);
    expect(data instanceof nn.Parameter).toBe(false);
  });

  test('refuse what cannot have gradients', () => {
    expect(() => new nn.Parameter(3 as never)).toThrow(invalid());
    expect(() => new nn.Parameter(torch.tensor([1n]))).toThrow(coded('ERR_LIBTORCH'));
    expect(new nn.Parameter(torch.tensor([1n]), false).dtype).toBe('int64');
  });
});

describe('containers', () => {
  test('Sequential is a list of modules', () => {
    const relu = new nn.ReLU();
    const net = new nn.Sequential(new nn.Linear(2, 2), relu);
    expect([net.length, net.at(-1), [...net].length]).toEqual([2, relu, 2]);
    expect(net.append(new nn.Flatten()).length).toBe(3);
    expect(new nn.Sequential().forward(3 as never)).toBe(3);
  });

  test('ModuleList prints equal modules once', () => {
    const list = new nn.ModuleList([new nn.ReLU(), new nn.ReLU(), new nn.Tanh()]);
    expect(String(list)).toBe('ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Tanh()\n)');
    expect(String(new nn.ModuleList())).toBe('ModuleList()');
    expect(list.extend([new nn.Tanh()]).length).toBe(4);
  });

  test.each([2, -3, 0.5, Number.NaN, '0'])('refuse the index %s', (index) => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.ReLU());
    expect(() => net.at(index as number)).toThrow(invalid());
  });

  test('refuse what is no module', () => {
    expect(() => new nn.Sequential(((x: unknown) => x) as never)).toThrow(invalid());
    expect(() => new nn.ModuleList([null as never])).toThrow(invalid());
    expect(() => new nn.ModuleList([]).forward()).toThrow(invalid());
  });
});
