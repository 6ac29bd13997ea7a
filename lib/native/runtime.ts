// What JavaScript runtimes do differently: Node.js has all of it; Deno and Bun, which bring modules of Node's names, some.
// They are taken as a whole, since an import by name fails where the name is missing.
import v8 from 'node:v8';
import vm from 'node:vm';

// Promises made and continued in this thread, until the function that is returned is called. Bun cannot tell (its
// function is there, and throws).
function watchPromises(onPromise: () => void): () => void {
  try {
    return v8.promiseHooks.createHook({ init: onPromise, before: onPromise }) as () => void;
  } catch {
    return () => {};
  }
}

/**
 * Calls `onEnd` once, when the stretch of synchronous code that runs now may have ended: where the next promise is made (an
 * `await` makes one) or continued, at the latest at the next microtask.
 *
 * Where promises cannot be watched it is that microtask. Continuations that were waiting before it then run as if they
 * belonged to the stretch: what such a task creates goes to the scope that is open in the stretch, and is released with it. The task
 * gets an `ERR_TENSOR_RELEASED` at the next use, never a wrong number.
 */
export function atStretchEnd(onEnd: () => void): void {
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    stopWatching();
    onEnd();
  };
  const stopWatching = watchPromises(end);
  queueMicrotask(end);
}

// V8's own function for it, which is a global only where a flag says so: a context that is made under
// the flag has it, and nobody else sees it. In a process that was started with the flag it stays set.
function findCollector(): (options?: { type: 'minor' }) => void {
  const wasExposed = 'gc' in globalThis;
  try {
    v8.setFlagsFromString('--expose-gc');
    return vm.runInNewContext('gc');
  } catch {
    return () => {}; // another engine than V8
  } finally {
    if (!wasExposed) v8.setFlagsFromString?.('--no-expose-gc');
  }
}

let collector: ReturnType<typeof findCollector> | undefined;

/** Has V8 collect garbage now: all of it, or what was made lately. */
export function collect(isFull: boolean): void {
  collector ??= findCollector();
  if (isFull) collector();
  else collector({ type: 'minor' });
}

/** Whether an addon's finalizer runs although its reference was deleted: Node.js and Bun take it back, Deno does not. */
export const finalizesDeleted: boolean = 'Deno' in globalThis;

/** A value as bytes, as `structuredClone` would copy it. */
export const toClone = (value: unknown): Uint8Array => v8.serialize(value);

/** The value again; no code is run. */
export const fromClone = (bytes: Uint8Array): unknown => v8.deserialize(bytes);
