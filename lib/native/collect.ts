import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8's own function for it, which is a global only where a flag says so: a context that is made under
// the flag has it, and nobody else sees it. In a process that was started with the flag it stays set.
function findCollector(): (options?: { type: 'minor' }) => void {
  const wasExposed = 'gc' in globalThis;
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc');
  } catch {
    return () => {}; // another engine than V8
  } finally {
    if (!wasExposed) setFlagsFromString('--no-expose-gc');
  }
}

let collector: ReturnType<typeof findCollector> | undefined;

/** Has V8 collect garbage now: all of it, or what was made lately. */
export function collect(isFull: boolean): void {
  collector ??= findCollector();
  if (isFull) collector();
  else collector({ type: 'minor' });
}
