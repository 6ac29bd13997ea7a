import { explainLinkage, nextCommand, unset } from '../libtorch/explain.js';
import { type Libtorch, searchLibtorch } from '../libtorch/find.js';
import { nameHome, noHome } from '../libtorch/home.js';
import { inspectLinkage } from '../libtorch/linkage.js';
import { findPythonTorch } from '../libtorch/python.js';
import { listOf } from '../libtorch/version.js';
import { fittingMinors } from '../native/binaries.js';
import type { Problem, Section } from './section.js';

/** Where libtorch was looked for, what was found, and whether its libraries load. */
export async function libtorchSection(
  env: NodeJS.ProcessEnv,
): Promise<{ section: Section; found: Libtorch | undefined }> {
  const minors = fittingMinors();
  const { found, places } = searchLibtorch({ env, minors });
  const problems: Problem[] = [];
  const looked = places.map(({ from, path, reason }) => {
    const where = path ? `${from} (${path})` : from;
    return `${where}: ${reason ?? 'taken'}`;
  });
  if (!found) {
    const named = env.LENET_TORCH_LIBTORCH;
    const isHomeless = places.some(({ reason }) => reason === noHome);
    problems.push({
      text: named
        ? `LENET_TORCH_LIBTORCH is ${named}, but ${places[0]?.reason}`
        : `libtorch ${listOf(minors)} was not found`,
      next: isHomeless ? nameHome : `${named ? unset : ''}npx lenet-torch setup`,
    });
  }
  const linkage = found ? await inspectLinkage(found.libDir, { env }) : undefined;
  const why = linkage && explainLinkage(linkage);
  if (found && why) {
    problems.push({
      text: `libtorch at ${found.root} does not load: ${why}`,
      next: nextCommand(found, { damaged: linkage.damaged, env }),
    });
  }
  // What setup would take before it downloads anything.
  const python = found ? undefined : await findPythonTorch({ env, minors });
  const section: Section = {
    name: 'libtorch',
    facts: {
      needed: listOf(minors),
      found: found ? `${found.version}${found.hasCuda ? ', with CUDA' : ', for the CPU'}` : null,
      'looked at': looked,
      'missing libraries': linkage ? linkage.missing : 'not examined',
      ...(python && { 'Python torch': 'root' in python ? [python.root] : python.reasons }),
    },
    problems,
  };
  return { section, found };
}
