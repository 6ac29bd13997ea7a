import { TorchError } from '../error.js';

/** What other packages do natively for this one. Each has its binary in an optional dependency, one for each platform. */
const companions = {
  '@resvg/resvg-js': 'PNGs of pictures are set',
  '@napi-rs/image': 'PNG, JPEG and WebP are decoded',
} as const;

type Companion = keyof typeof companions;

/** The packages, by name. */
export const companionNames = Object.keys(companions) as Companion[];

/**
 * Passes a companion on, which only its first use loads.
 *
 * @param loading - `import('…')` of the package.
 * @throws {TorchError} `ERR_ADDON_NOT_FOUND` where its binary does not load: npm was told to leave out what is optional, or
 *   brought node_modules from another platform.
 */
export async function companion<T>(name: Companion, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    throw missing(name, error);
  }
}

/** As {@link companion}, for who cannot wait. @param load - `require('…')` of the package. */
export function companionNow<T>(name: Companion, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw missing(name, error);
  }
}

function missing(name: Companion, error: unknown): TorchError {
  const [reason] = innermost(error).split('\n');
  return new TorchError(
    'ERR_ADDON_NOT_FOUND',
    `${name}, by which ${companions[name]}, has no binary here (${reason}). It is an optional dependency, which --omit=optional ` +
      'and node_modules from another platform lack. Run: npm install --include=optional',
    { cause: error },
  );
}

// It has tried several binaries, and tells of the last one first.
function innermost(error: unknown): string {
  let last = error as Error;
  while (last.cause instanceof Error) last = last.cause;
  return last.message;
}
