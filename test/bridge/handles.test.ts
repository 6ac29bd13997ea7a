// Objects and the handles that they stand for, where JavaScript is cut short.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

const index = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

// Disposes on the way back from the end of the stack, at the first place where a call still fits.
function disposedNearTheEnd(tensor: torch.Tensor, depth: number): void {
  let isDone = false;
  const deep = (): void => {
    try {
      deep();
    } catch {}
    if (isDone) return;
    try {
      tensor.dispose();
      isDone = true;
    } catch {}
  };
  // Begun at other depths, the end comes at other places of dispose.
  const down = (more: number): void => (more === 0 ? deep() : down(more - 1));
  down(depth);
}

test('a tensor that is disposed of at the end of the stack is never another one', () => {
  for (let i = 0; i < 100; i++) {
    const tensor = torch.full([2], 7);
    disposedNearTheEnd(tensor, i % 37);
    torch.tidy(() => {
      for (let k = 0; k < 40; k++) torch.full([3], k);
      expect(tensor.isDisposed).toBe(true);
      expect(() => tensor.tolist()).toThrow(
        expect.objectContaining({ code: 'ERR_TENSOR_RELEASED' }),
      );
    });
  }
});

test('scripts whose time is over in the middle of operators', () => {
  const program = `
    import vm from 'node:vm';
    import * as torch from ${JSON.stringify(index)};
    let ended = 0;
    for (let i = 0; i < 60; i++) {
      const made = [];
      const context = { make: () => torch.full([2], 7), made };
      try {
        vm.runInNewContext('for (;;) { const t = make(); made.push(t); t.add(1).dispose(); t.dispose(); }', context, { timeout: 3 });
      } catch (error) {
        if (error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') ended++;
      }
      torch.tidy(() => {
        for (let k = 0; k < 40; k++) torch.full([3], k);
        for (const tensor of made.slice(-3)) {
          if (!tensor.isDisposed && String(tensor.tolist()) !== '7,7') throw new Error('another tensor');
        }
      });
    }
    console.log(ended);`;
  const args = ['--input-type=module', '--eval', program];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('60\n');
});
