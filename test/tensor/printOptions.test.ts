import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { recorded } from '../recorded.js';

interface Printed {
  options: Record<string, unknown>;
  texts: string[];
}

const { printed } = recorded<{ printed: Printed[] }>('text');

afterEach(() => torch.setPrintoptions({ profile: 'default' }));

test.each(printed.map(({ options, texts }) => [JSON.stringify(options), options, texts] as const))(
  'tensors print as in Python with %s',
  (_, options, texts) => {
    const upTo = (n: number) => torch.arange(n).to('float32');
    const tensors = [
      upTo(12).div(7).sub(1),
      torch.arange(40).reshape(5, 8),
      torch.tensor([1e-5, 2.5, 1e5]),
      torch.tensor([1, 2, 300]),
      torch.complex(upTo(7).div(3), upTo(7).div(4)),
      upTo(24).reshape(2, 3, 4).div(8),
    ];
    const { sci_mode: sciMode, ...others } = options;
    torch.setPrintoptions({
      ...others,
      ...(sciMode !== undefined && { sciMode: sciMode as boolean }),
    });
    expect(tensors.map((each) => inspect(each))).toEqual(texts);
  },
);

test('options are read strictly', () => {
  expect(() => torch.setPrintoptions({ edgeitems: 0 })).toThrow(coded('ERR_INVALID_ARG', /≥ 1/));
  expect(() => torch.setPrintoptions({ precision: 51 })).toThrow(coded('ERR_INVALID_ARG', /50/));
  expect(() => torch.setPrintoptions({ precision: -1 })).toThrow(coded('ERR_INVALID_ARG'));
  expect(() => torch.setPrintoptions({ profile: 'long' as 'full' })).toThrow(
    coded('ERR_INVALID_ARG', /'default', 'short', 'full'/),
  );
});
