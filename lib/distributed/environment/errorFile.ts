import { writeAtomically } from '../../files/atomic.js';
import { isSet } from './variables.js';

/**
 * Leaves an error where torchrun looks for the cause of a failed process (TORCHELASTIC_ERROR_FILE), in the JSON of
 * `torch.distributed.elastic.multiprocessing.errors`. Where that variable is not set, or the file cannot be written,
 * nothing happens: the error itself is on its way already.
 */
export async function writeErrorFile(
  error: unknown,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  try {
    if (!isSet(env, 'TORCHELASTIC_ERROR_FILE')) return;
    const text = JSON.stringify({ message: messageOf(error) });
    await writeAtomically(env.TORCHELASTIC_ERROR_FILE as string, (write) => write(text));
  } catch {
    // See above.
  }
}

function messageOf(error: unknown): unknown {
  const { code, message, stack } = Object(error) as { [key in string]?: unknown };
  const tag = typeof code === 'string' ? `${code}: ` : '';
  const said = typeof message === 'string' ? message : String(error);
  return {
    message: tag + said,
    extraInfo: {
      // This is what torchrun prints.
      py_callstack: tag + (typeof stack === 'string' ? stack : said),
      // Seconds; of several processes that fail, torchrun takes the earliest for the cause.
      timestamp: String(Math.floor(Date.now() / 1000)),
    },
  };
}
