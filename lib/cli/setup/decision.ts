import { cacheDir, gigabytes } from '../../libtorch/cache.js';
import { releaseFor } from '../../libtorch/cudaWheels.js';
import { explainLinkage } from '../../libtorch/explain.js';
import { type Need, needOf } from '../../libtorch/fetch.js';
import { cachedFolder, inspectCached, type Libtorch, type Variant } from '../../libtorch/find.js';
import { inspectLinkage } from '../../libtorch/linkage.js';

/** The options of `lenet-torch setup`. */
export interface SetupOptions {
  yes?: boolean;
  cpu?: boolean;
  cuda?: boolean;
  driverCheck?: boolean;
  version?: string;
  from?: string;
  fromPython?: string | true;
  headers?: boolean;
  dryRun?: boolean;
  printUrls?: boolean;
  list?: boolean;
  remove?: boolean;
  /** A data set that is brought too, or in place of the usual one. */
  dataSet?: string;
  /** Whether a data set is brought. Default true; no option of the command. */
  data?: boolean;
}

/** What setup will do about libtorch. */
export type LibtorchDecision = { readonly notes: readonly string[] } & (
  | { readonly kind: 'there'; readonly libtorch: Libtorch }
  | { readonly kind: 'folder'; readonly root: string; readonly what: string }
  | {
      readonly kind: 'fetch';
      readonly variant: Variant;
      readonly need: Need;
      readonly folder: string;
      readonly wheelFolder?: string;
    }
);

/** The variant that the options ask for; `undefined` when any will do. */
export function variantOf({ cpu, cuda }: SetupOptions): Variant | undefined {
  if (cuda) return 'cuda';
  return cpu ? 'cpu' : undefined;
}

/** An installed Python torch, in a sentence. */
export const pythonTorch = 'the libtorch of the installed Python torch';
/** Why a libtorch is not fit to compile against. */
export const noHeaders = 'it has no include/ATen/ATen.h';

/** Why something does not fit. */
export interface Unfit {
  readonly code?: 'ERR_LIBTORCH_LOAD' | undefined;
  readonly reason: string;
  /** Whether a library's own bytes are the reason. */
  readonly damaged?: boolean | undefined;
}

/** Why a libtorch that was found is not what the options ask for. */
export async function unfitness(
  found: Omit<Libtorch, 'from'>,
  options: SetupOptions,
  signal: AbortSignal,
): Promise<Unfit | undefined> {
  if (options.headers && !found.includeDir) return { reason: noHeaders };
  const variant = variantOf(options);
  if (variant && found.hasCuda !== (variant === 'cuda')) {
    return { reason: `it is built ${found.hasCuda ? 'for' : 'without'} CUDA` };
  }
  const libraries = ['libtorch_cpu.so', ...(variant === 'cuda' ? ['libtorch_cuda.so'] : [])];
  for (const library of libraries) {
    const linkage = await inspectLinkage(found.libDir, { library, signal });
    const reason = explainLinkage(linkage);
    if (reason) return { code: 'ERR_LIBTORCH_LOAD', reason, damaged: linkage.damaged };
  }
  return undefined;
}

/** The download of a variant, or the cache's copy of it. */
export function fetching(minors: readonly string[], variant: Variant, headers: boolean) {
  const release = releaseFor(minors[0]!, variant);
  const cache = cacheDir();
  const cached = inspectCached(cache, release.version, variant);
  const there = !('reason' in cached);
  if (there && (cached.includeDir || !headers)) {
    const what = `libtorch ${cached.version}`;
    return { kind: 'folder' as const, root: cached.root, what, cached };
  }
  return {
    kind: 'fetch' as const,
    variant,
    need: needOf(release, { headers, headersOnly: there }),
    folder: cachedFolder(cache, release.version, variant),
  };
}

/** A decision in sentences, sizes first. */
export function sentencesOf(decision: LibtorchDecision): string[] {
  const { notes } = decision;
  switch (decision.kind) {
    case 'there': {
      const { version, root } = decision.libtorch;
      return [`libtorch ${version} is there (${root})`, ...notes];
    }
    case 'folder':
      return [`taking ${decision.what} (${decision.root})`, ...notes];
    case 'fetch': {
      const { need, variant, folder, wheelFolder } = decision;
      const what = need.libraries ? 'libtorch' : "libtorch's headers";
      const from = wheelFolder
        ? `from the wheels in ${wheelFolder}`
        : `${gigabytes(need.download)} to download with pip`;
      const target = variant === 'cuda' ? 'CUDA' : 'the CPU';
      return [
        ...notes,
        `${what} ${need.release.version} for ${target}: ${from}, ${gigabytes(need.unpacked)} on the disk (${folder})`,
      ];
    }
  }
}
