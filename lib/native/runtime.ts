// What JavaScript runtimes do differently: Node.js has all of it; Deno and Bun, which bring modules of Node's names, some.
// They are taken as a whole, since an import by name fails where the name is missing.
import v8 from 'node:v8';
import vm from 'node:vm';

const watchPromises = (onPromise: () => void): (() => void) =>
  v8.promiseHooks.createHook({ init: onPromise, before: onPromise }) as () => void;

/**
 * Whether the end of a synchronous stretch of code can be seen. In Bun it cannot: its function is there, and throws. Nothing
 * else tells there that a function waits, and that its caller goes on.
 */
export const seesStretches: boolean = (() => {
  try {
    watchPromises(() => {})();
    return true;
  } catch {
    return false;
  }
})();

/**
 * Calls `onEnd` once, when the stretch of synchronous code that runs now may have ended: where the next promise is made (an
 * `await` makes one) or continued, at the latest at the next microtask. Only where {@link seesStretches}.
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
    return otherCollector(); // another engine than V8
  } finally {
    if (!wasExposed) v8.setFlagsFromString?.('--no-expose-gc');
  }
}

// Bun's, which knows full collections only.
function otherCollector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(isSynchronous: boolean): void } };
  return () => Bun?.gc(true);
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

const { deno, bun } = process.versions;

/** `'Deno 2.9.6'`, `'Bun 1.4.5'`; `undefined` in Node.js. */
export const otherRuntime: string | undefined =
  deno !== undefined ? `Deno ${deno}` : bun === undefined ? undefined : `Bun ${bun}`;

/** A value as bytes, as `structuredClone` would copy it. */
export const toClone = (value: unknown): Uint8Array => v8.serialize(value);

/** The value again; no code is run. */
export const fromClone = (bytes: Uint8Array): unknown => v8.deserialize(bytes);

/** A notebook's kernel that a runtime brings: what its cells send by Jupyter's protocol. */
export interface OwnKernel {
  broadcast(type: string, content: object): Promise<void>;
  /** How long it takes at most, in milliseconds, until what was sent has left. */
  readonly settleMs: number;
}

// Deno's sends what cells show one after the other, but its word that a cell is over passes them by, and who hears it
// listens no longer: of 600 messages at the end of a cell 581 came after it. 5 ms before the end were enough for all.
const settleMs = 20;

/** The kernel that this process is; `undefined` where it is none, or none of the runtime's. */
export function ownKernel(): OwnKernel | undefined {
  const { Deno } = globalThis as { Deno?: { readonly jupyter?: Pick<OwnKernel, 'broadcast'> } };
  try {
    const { broadcast } = Deno?.jupyter ?? {};
    return broadcast && { broadcast, settleMs };
  } catch {
    return undefined; // Elsewhere in Deno a look at the property throws.
  }
}
