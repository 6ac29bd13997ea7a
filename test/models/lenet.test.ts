import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { recorded } from '../recorded.js';

const { repr, parameters } = recorded<{
  repr: string;
  parameters: Record<string, Record<string, string>>;
}>('lenet');

test.each(Object.keys(parameters))(
  'initial parameters are bit-equal to PyTorch: seed %s',
  (seed) => {
    torch.manualSeed(Number(seed));
    const digests = [...new torch.LeNet().namedParameters()].map(([name, parameter]) => {
      const bytes = new Uint8Array((parameter.data() as Float32Array).buffer);
      return [name, createHash('sha256').update(bytes).digest('hex')];
    });
    expect(digests).toEqual(Object.entries(parameters[seed] as Record<string, string>));
  },
);

test('prints the chapter’s text', () => {
  expect(inspect(new torch.LeNet())).toBe(repr);
});
