// Puts the compiled package into few files: each file that Node opens, compiles and links on import costs half a
// millisecond. What `import()` loads today is still loaded when it is needed, from files of its own.
import fs from 'node:fs';
import path from 'node:path';

import { at } from './stamps.js';

const lib = at('lib');

// What is addressed by its file: the command, programs that are started in processes of their own, and
// what scripts, benches and tests of child processes look at.
export const addressed = [
  'cli/main',
  'cli/launch/guardian',
  'doctor/group/step',
  'doctor/trialStep',
  'cli/launch/binding',
  'data/images/thread',
  'data/sets/fetchSet',
  'data/sets/idxSets',
  'data/sets/locate',
  'distributed/environment/index',
  'distributed/world',
  'engine/fused/layers',
  'engine/fused/library',
  'engine/fused/plan',
  'libtorch/cache',
  'libtorch/cudaWheels',
  'libtorch/fetch',
  'libtorch/find',
  'libtorch/version',
  'native/load',
];

const sourceOf = (name) => path.join(lib, `${name}.ts`);

/** The modules that `export * as` shows from a module on, by the names in the file: of `nn/index` its `functional`. */
function namespacesOf(name) {
  const text = fs.readFileSync(sourceOf(name), 'utf8');
  const lines = text.matchAll(/^export \* as (\w+) from '(.+)\.js';$/gm);
  return [...lines].map(([, as, specifier]) => ({
    as,
    specifier: `${specifier}.js`,
    name: path.posix.join(path.posix.dirname(name), specifier),
  }));
}

const prefix = 'shown:';

// What users see as namespaces, `torch.nn.functional`, stays modules: an object in their place could be added to, and
// would show getters in place of values. Such a module only says what is shown, and from where.
const showing = {
  name: 'showing',
  resolveId(specifier, importer) {
    if (specifier.startsWith(prefix)) return specifier;
    if (importer === undefined || !specifier.startsWith('.')) return;
    if (importer.startsWith(prefix)) return { id: specifier, external: true };
    const target = path.resolve(path.dirname(importer), specifier.replace(/\.js$/, '.ts'));
    if (target === sourceOf('index')) return `${prefix}index`;
  },
  load(id) {
    if (!id.startsWith(prefix)) return;
    const name = id.slice(prefix.length);
    const modules = namespacesOf(name).map(
      (each) => `export * as ${each.as} from '${each.specifier}';`,
    );
    return [`export * from '${sourceOf(name)}';`, ...modules].join('\n');
  },
};

// The files of what an import of the package loads: `base`, which does without libtorch and is therefore for the
// command and for scripts too, and `torch`.
function partOf(source, infoOf) {
  if (!needed(sourceOf('index'), infoOf).has(source)) return null;
  return needed(source, infoOf).has(sourceOf('native/load')) ? 'torch' : 'base';
}

const known = new Map();

function needed(source, infoOf) {
  const all = known.get(source) ?? new Set([source]);
  if (!known.has(source)) {
    for (const one of all) for (const next of infoOf(one)?.importedIds ?? []) all.add(next);
    known.set(source, all);
  }
  return all;
}

// What is loaded by `import()` lies where its source does, what several of them share in a folder of its own.
function fileOf({ name, facadeModuleId }) {
  if (name === 'base' || name === 'torch') return '[name].js';
  return facadeModuleId
    ? `${path.relative(lib, facadeModuleId).replace(/\.ts$/, '')}.js`
    : 'shared/[name].js';
}

/**
 * Writes `dist/`'s JavaScript, except the live page's.
 * @param {object} [options]
 * @param {string} [options.dir] - Where to. Default: `dist/`.
 * @param {string[]} [options.more] - Modules that are addressed besides. Default: none.
 * @param {boolean} [options.sourcemap] - Whether to say which line came from where. Default: `false`.
 * @returns The files' paths in `dir`.
 */
export async function bundle({ dir = at('dist'), more = [], sourcemap = false } = {}) {
  // Not installed yet where this file is read.
  const { rolldown } = await import('rolldown');
  const shown = new Set(['index']);
  for (const name of shown) for (const each of namespacesOf(name)) shown.add(each.name);
  const build = await rolldown({
    input: {
      ...Object.fromEntries([...addressed, ...more].map((name) => [name, sourceOf(name)])),
      ...Object.fromEntries([...shown].map((name) => [name, `${prefix}${name}`])),
    },
    platform: 'node',
    external: (id) => !/^[./]|^shown:/.test(id),
    tsconfig: at('tsconfig.json'),
    plugins: [showing],
    treeshake: { moduleSideEffects: (id, external) => external || !id.startsWith('\0') },
    // Whatever it says is a fault, but not that it took long: a busy machine is none.
    checks: { bundlerTimings: false },
    onLog(_level, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await build.write({
    dir,
    sourcemap,
    format: 'es',
    comments: false,
    // Names are read in messages and in stack traces.
    keepNames: true,
    minifyInternalExports: false,
    entryFileNames: '[name].js',
    chunkFileNames: fileOf,
    codeSplitting: {
      groups: [
        {
          debugName: 'import',
          name: (id, context) => partOf(id, (one) => context.getModuleInfo(one)),
        },
      ],
    },
  });
  await build.close();
  return output.map(({ fileName }) => fileName);
}
