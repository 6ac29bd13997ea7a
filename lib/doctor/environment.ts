import { proxiesOf, withoutCredentials } from '../libtorch/redact.js';
import type { Section } from './section.js';

const names =
  /^(LENET_TORCH_\w+|XDG_CACHE_HOME|OMP_\w+|MKL_NUM_THREADS|LD_LIBRARY_PATH|LD_PRELOAD|CUDA_VISIBLE_DEVICES|NODE_OPTIONS|CI|PIP_(INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|CERT|CONFIG_FILE))$/;

/** The environment variables that matter here, and no others: proxies and indexes without credentials. */
export function environmentSection(env: NodeJS.ProcessEnv): Section {
  const facts: Record<string, string> = {};
  for (const name of Object.keys(env).sort()) {
    if (names.test(name)) facts[name] = withoutCredentials(env[name] ?? '');
  }
  return { name: 'Environment', facts: { ...facts, ...proxiesOf(env) }, problems: [] };
}
