import { afterEach, describe, expect, test } from 'vitest';
import { library } from '../../lib/engine/fused/library.js';
import * as torch from '../../lib/index.js';
import { loaders, model } from '../loops.js';
import {
  type Case,
  eagerGradients,
  fusedGradients,
  relativeErrors,
  tieFree,
  variants,
} from './variants.js';

torch.setNumThreads(2);

const isas = ['avx512', 'avx2', 'portable'].filter((isa) => {
  process.env.LENET_TORCH_ISA = isa;
  try {
    return library().isa === isa;
  } catch {
    return false; // this processor cannot run it
  }
});
delete process.env.LENET_TORCH_ISA;

afterEach(() => {
  delete process.env.LENET_TORCH_ISA;
});

test('the portable engine runs everywhere', () => expect(isas).toContain('portable'));

const cases = new Map<string, Case>();

function caseOf(name: string, count: number): Case {
  const key = `${name} ${count}`;
  const found = cases.get(key) ?? tieFree(variants[name]!, count);
  cases.set(key, found);
  return found;
}

describe.each(isas)('%s', (isa) => {
  describe.each(Object.keys(variants))('%s', (name) => {
    test.each([1, 15, 16, 17, 96, 256, 300])('gradients of %i images', async (count) => {
      process.env.LENET_TORCH_ISA = isa;
      const { net, data, eager, exact } = caseOf(name, count);
      const fused = await fusedGradients(net, data);
      const own = relativeErrors(eager, exact);
      // 1e-5, or what PyTorch's own rounding makes unavoidable.
      relativeErrors(fused, eager).forEach((error, i) => {
        expect(error).toBeLessThan(Math.max(1e-5, 2 * own[i]!));
      });
      // Beside float64 no worse than twice PyTorch's error, or a few units in the last place.
      relativeErrors(fused, exact).forEach((error, i) => {
        expect(error).toBeLessThan(Math.max(1e-6, 2 * own[i]!));
      });
    });
  });

  test('gradients of real batches: median below 1e-5', async () => {
    process.env.LENET_TORCH_ISA = isa;
    const { net } = model();
    const [trainIter] = loaders(1280, 1, 128);
    const errors: number[] = [];
    for (const [X, y] of trainIter) {
      const data = [X.keep(), y.keep()] as const;
      const eager = eagerGradients(net, data);
      errors.push(...relativeErrors(await fusedGradients(net, data), eager));
    }
    errors.sort((a, b) => a - b);
    expect(errors).toHaveLength(100);
    expect(errors[50]).toBeLessThan(1e-5);
  });
});
