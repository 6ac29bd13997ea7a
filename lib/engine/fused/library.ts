import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { invalidArgument, TorchError } from '../../error.js';
import { addonFolder, native } from '../../native/load.js';

/** An instruction set that the fused engine is compiled for. */
export type Isa = 'avx512' | 'avx2' | 'portable' | 'neon';

// Best first. Every processor of 64-bit ARM has NEON.
const isas: readonly Isa[] = process.arch === 'arm64' ? ['neon'] : ['avx512', 'avx2', 'portable'];

const pathOf = (isa: Isa): string => join(addonFolder, `liblenet_fused_${isa}.so`);

let opened: { readonly choice: string; readonly path: string; readonly isa: Isa } | undefined;

function open(choice: string): { choice: string; path: string; isa: Isa } {
  const candidates = choice === '' ? isas : isas.filter((isa) => isa === choice);
  if (candidates.length === 0) {
    throw invalidArgument(
      `LENET_TORCH_ISA: expected ${isas.join(', ')} or nothing, got '${choice}'`,
    );
  }
  const problems: string[] = [];
  for (const isa of candidates) {
    const path = pathOf(isa);
    try {
      if (!existsSync(path)) throw new TorchError('ERR_ENGINE_UNSUPPORTED', `${path} is missing`);
      native.openFused(path);
      return { choice, path, isa };
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new TorchError(
    'ERR_ENGINE_UNSUPPORTED',
    `the fused engine cannot be used here: ${problems.join('; ')}`,
  );
}

/**
 * The engine's library for this processor, or for the instruction set that `LENET_TORCH_ISA` names;
 * opened when it is first needed.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when `LENET_TORCH_ISA` names no instruction set.
 * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` when no library is there that this processor can run.
 */
export function library(): { readonly path: string; readonly isa: Isa } {
  const choice = process.env.LENET_TORCH_ISA ?? '';
  if (opened?.choice !== choice) opened = open(choice);
  return opened;
}

/** The instruction set in use. */
export function isa(): Isa {
  return library().isa;
}

/** Measures the processor's float32 multiply-adds, GFLOP/s with all of `threads` busy. */
export function fmaPeak(threads: number, seconds: number): number {
  return native.fmaPeak(library().path, threads, seconds);
}
