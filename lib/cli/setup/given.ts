import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { TorchError } from '../../error.js';
import {
  cachedFolder,
  inspectCached,
  inspectLibtorch,
  type Libtorch,
  variants,
} from '../../libtorch/find.js';
import { findPythonTorch } from '../../libtorch/python.js';
import { listOf, releases } from '../../libtorch/version.js';
import { fetching, pythonTorch, type SetupOptions, unfitness, variantOf } from './decision.js';

/** `--from-python`: the torch of an interpreter, or an error; nothing else is taken instead. */
export async function fromPython(
  options: SetupOptions,
  minors: readonly string[],
  signal: AbortSignal,
) {
  const variant = variantOf(options);
  const named = options.fromPython;
  const seen = await findPythonTorch({
    headers: options.headers ?? false,
    cuda: variant && variant === 'cuda',
    minors,
    signal,
    ...(typeof named === 'string' && { pythons: [named] }),
  });
  if ('root' in seen) {
    return { kind: 'folder' as const, root: seen.root, what: pythonTorch };
  }
  throw new TorchError(
    'ERR_LIBTORCH_NOT_FOUND',
    `no installed Python torch fits (${seen.reasons.join('; ')}). Needed is torch ${listOf(minors)}: name ` +
      'another interpreter (--from-python PYTHON), or download it: npx lenet-torch setup',
  );
}

/** `--from`: a libtorch folder, another machine's cache, or wheels; an error when it is none of them. */
export async function fromFolder(
  from: string,
  options: SetupOptions,
  minors: readonly string[],
  signal: AbortSignal,
) {
  const dir = resolve(from);
  const seen = inspectLibtorch(dir, minors);
  if (!('reason' in seen)) return recorded(seen, options, signal);
  const variant = variantOf(options);
  for (const minor of minors) {
    const { version, wheels } = releases[minor]!;
    for (const each of variant ? [variant] : variants) {
      if (!existsSync(cachedFolder(dir, version, each))) continue;
      const cached = inspectCached(dir, version, each);
      if (!('reason' in cached)) return recorded(cached, options, signal);
    }
    const torch = wheels.find(({ project }) => project === 'torch');
    if (torch && existsSync(join(dir, torch.file))) {
      return { ...fetching([minor], variant ?? 'cpu', options.headers ?? false), wheelFolder: dir };
    }
  }
  throw new TorchError(
    seen.code ?? 'ERR_LIBTORCH_NOT_FOUND',
    `${dir} holds no libtorch that fits (${seen.reason}), no cache of another machine, and none of the ` +
      'wheels. Which files to bring: npx lenet-torch setup --print-urls',
  );
}

async function recorded(seen: Omit<Libtorch, 'from'>, options: SetupOptions, signal: AbortSignal) {
  const unfit = await unfitness(seen, options, signal);
  if (!unfit) {
    return { kind: 'folder' as const, root: seen.root, what: `libtorch ${seen.version}` };
  }
  throw new TorchError(
    unfit.code ?? 'ERR_LIBTORCH_NOT_FOUND',
    `libtorch ${seen.version} at ${seen.root} is not taken: ${unfit.reason}. Name another folder, or ` +
      'run: npx lenet-torch setup',
  );
}
