import { nvidiaDriver, nvidiaGpus } from '../libtorch/driver.js';
import { explainLinkage, nextCommand, unset } from '../libtorch/explain.js';
import type { Libtorch } from '../libtorch/find.js';
import { inspectLinkage } from '../libtorch/linkage.js';
import { minorOf, releases } from '../libtorch/version.js';
import { fittingMinors } from '../native/binaries.js';
import type { Problem, Section } from './section.js';

/** Driver, GPUs, and the libraries for them. A machine without a GPU has no problem. */
export async function gpuSection(
  libtorch: Libtorch | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ section: Section; devices: string[] }> {
  const driver = await nvidiaDriver({ env });
  const gpus = driver ? await nvidiaGpus(env) : [];
  const problems: Problem[] = [];
  const needed = libtorch && releases[minorOf(libtorch.version)]?.cuda?.driver;
  // First: with such a driver, setup brings no CUDA libraries.
  if (driver && libtorch?.hasCuda && needed && Number.parseInt(driver, 10) < needed) {
    problems.push({
      text: `the NVIDIA driver is ${driver}; this libtorch needs ${needed} or newer`,
      next: 'update the NVIDIA driver',
      minor: true,
    });
  }
  let libraries = 'not there';
  if (libtorch?.hasCuda) {
    const linkage = await inspectLinkage(libtorch.libDir, { library: 'libtorch_cuda.so', env });
    const why = explainLinkage(linkage);
    libraries = why ?? 'complete';
    if (why && driver) {
      problems.push({
        text: `the CUDA libraries do not load: ${why}`,
        next: nextCommand(libtorch, { cuda: true, damaged: linkage.damaged, env }),
        minor: true,
      });
    }
  } else if (driver && libtorch) {
    problems.push({
      text: 'there is an NVIDIA driver, but this libtorch is for the CPU: the GPU is not used',
      next: setupFor(driver, libtorch),
      minor: true,
    });
  }
  const section: Section = {
    name: 'GPU',
    facts: {
      driver: driver ?? 'none',
      GPUs: gpus.map(
        ({ name, computeCapability, memory }, index) =>
          `cuda:${index} ${name}, compute capability ${computeCapability ?? 'unknown'}, ${memory}`,
      ),
      'CUDA libraries': libraries,
    },
    problems,
  };
  const usable = libtorch?.hasCuda && driver && !problems.length;
  return { section, devices: usable ? visible(gpus.length, env) : [] };
}

// Setup takes the first version that fits, and refuses a driver that is too old for it.
function setupFor(driver: string, { from }: Libtorch): string {
  const minors = fittingMinors();
  const minor = minors.find((each) => {
    const needed = releases[each]?.cuda;
    return needed !== undefined && Number.parseInt(driver, 10) >= needed.driver;
  });
  if (minor === undefined) return 'update the NVIDIA driver';
  const version = minor === minors[0] ? '' : ` --version ${minor}`;
  const before = from === 'LENET_TORCH_LIBTORCH' ? unset : '';
  return `${before}npx lenet-torch setup --cuda${version}`;
}

// CUDA_VISIBLE_DEVICES hides GPUs from libtorch, not from nvidia-smi.
function visible(count: number, env: NodeJS.ProcessEnv): string[] {
  const named = env.CUDA_VISIBLE_DEVICES;
  const shown =
    named === undefined ? count : named.split(',').filter((id) => /^[^-\s]/.test(id)).length;
  return Array.from({ length: Math.min(count, shown) }, (_, index) => `cuda:${index}`);
}
