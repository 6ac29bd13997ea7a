import { explainLinkage, replacement } from '../libtorch/explain.js';
import { type Libtorch, searchLibtorch } from '../libtorch/find.js';
import { inspectLinkage } from '../libtorch/linkage.js';
import { usableMinors } from '../libtorch/minors.js';
import type { Problem, Section } from './section.js';

/** Where libtorch was looked for, what was found, and whether its libraries load. */
export async function libtorchSection(
  env: NodeJS.ProcessEnv,
): Promise<{ section: Section; found: Libtorch | undefined }> {
  const minors = usableMinors();
  const { found, places } = searchLibtorch({ env, minors });
  const problems: Problem[] = [];
  const looked = places.map(({ from, path, reason }) => {
    const where = path ? `${from} (${path})` : from;
    return `${where}: ${reason ?? 'taken'}`;
  });
  if (!found) {
    const named = env.LENET_TORCH_LIBTORCH;
    problems.push({
      text: named
        ? `LENET_TORCH_LIBTORCH is ${named}, but ${places[0]?.reason}`
        : `libtorch ${minors.join(' or ')} was not found`,
      next: named ? 'unset LENET_TORCH_LIBTORCH && npx lenet-torch setup' : 'npx lenet-torch setup',
    });
  }
  const linkage = found ? await inspectLinkage(found.libDir, { env }) : undefined;
  const why = linkage && explainLinkage(linkage);
  if (found && why) {
    problems.push({ text: `libtorch at ${found.root} does not load: ${why}`, next: nextOf(found) });
  }
  const section: Section = {
    name: 'libtorch',
    facts: {
      needed: minors.join(' or '),
      found: found ? `${found.version}${found.hasCuda ? ', with CUDA' : ', for the CPU'}` : null,
      'looked at': looked,
      'missing libraries': linkage ? linkage.missing : null,
    },
    problems,
  };
  return { section, found };
}

function nextOf(found: Libtorch): string {
  // In the cache the files are those that were verified: what is missing is the machine's.
  if (found.from === 'cache') return 'install what is missing, then: npx lenet-torch doctor';
  return replacement(found);
}
