import { createInterface } from 'node:readline/promises';

import { TorchError } from '../../error.js';

/**
 * Asks on the terminal; the answer without its blanks.
 * @throws {TorchError} `ERR_ABORTED` when the input ends, or Ctrl-C is pressed, instead of an answer.
 */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<never>((_, reject) => {
    // Without this the question would stay open for ever, and the process end as if all were done.
    terminal.once('close', () => reject(new TorchError('ERR_ABORTED', 'nobody answered')));
  });
  try {
    return (await Promise.race([terminal.question(question), closed])).trim();
  } finally {
    closed.catch(() => {});
    terminal.close();
  }
}
