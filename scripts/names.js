// `npm run names`: how many of PyTorch's public names are here, by group; `-- --missing` what is not, with its reason;
// `-- --write` writes docs/names.md. Names are recorded in test/reference/names.json, reasons stand in
// test/parity/absent.json, what functions take otherwise in test/parity/differences.json.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { readArguments } from './arguments.js';

const fileOf = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => JSON.parse(readFileSync(fileOf(`test/${path}`), 'utf8'));

export const camelCase = (name) =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter) => letter.toUpperCase());

// Groups whose names stand elsewhere here, or in more than one place.
const places = {
  Tensor: ['Tensor.prototype'],
  'nn.Module': ['nn.Module.prototype'],
  torch: [''],
  'utils.data': ['data'],
};

/** Where names of a group stand here. */
export const placesOf = (group) => places[group] ?? [group];

function ownersOf(torch, group) {
  return placesOf(group).map((path) =>
    path
      .split('.')
      .filter(Boolean)
      .reduce((owner, part) => owner?.[camelCase(part)], torch),
  );
}

/** By group: names that are there, and those that are not, each with its reason if there is one. */
export function count(torch) {
  const absent = read('parity/absent.json');
  return Object.entries(read('reference/names.json')).map(([group, names]) => {
    const owners = ownersOf(torch, group);
    const isHere = (name) =>
      owners.some((owner) => owner !== undefined && camelCase(name) in owner);
    const reasons = Object.entries(absent[group] ?? {});
    const reasonOf = (name) =>
      reasons.find(([list]) => list.split(' ').some((each) => fits(each, name)))?.[1];
    const all = Object.keys(names);
    return {
      group,
      here: all.filter(isHere),
      missing: all
        .filter((name) => !isHere(name))
        .map((name) => ({ name, reason: reasonOf(name) })),
      // A reason for what is there, or for nothing.
      idle: reasons
        .flatMap(([list]) => list.split(' '))
        .filter((each) => !all.some((name) => fits(each, name) && !isHere(name))),
    };
  });
}

// `Lazy*` stands for all that begin so.
export const fits = (pattern, name) =>
  pattern.includes('*')
    ? new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name)
    : pattern === name;

/** By full name, as `nn.Conv2d`: the family whose cases it stands in, test/parity/cases/FAMILY.json. */
function families() {
  const found = new Map();
  for (const file of readdirSync(fileOf('test/parity/cases')).sort()) {
    const family = file.replace('.json', '');
    for (const name of Object.keys(read(`parity/cases/${file}`))) {
      // A method may have cases of its own and of the function that it is.
      const plain = name.replace(/^torch\./, '');
      if (!found.has(plain)) found.set(plain, family);
    }
  }
  return found;
}

const spelled = (name) => {
  const here = camelCase(name);
  return here === name ? `\`${name}\`` : `\`${name}\` \`${here}\``;
};

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const share = (here, total) => `${((100 * here) / total).toFixed(1)} %`;

/** What functions take otherwise than Python: rows of a table. */
const differences = () =>
  Object.entries(read('parity/differences.json')).flatMap(([name, said]) =>
    Object.entries(said).map(([problem, reason]) => [`\`${name}\``, problem, reason]),
  );

// Namespaces of PyTorch's without a counterpart, and what there is for their purpose.
const otherNamespaces = {
  amp: 'a network is converted as a whole: `net.bfloat16()`, and its inputs with it',
  ao: 'quantization: export to ONNX, and quantize there',
  compile:
    'the fused engine and CUDA graphs run what they know, unasked: [performance](performance.md)',
  distributions:
    'tensors have `normal_`, `bernoulli_`, `exponential_` and their like, `torch` `multinomial`',
  func: '`autograd.functional` has `jacobian`, `hessian` and products with them; `vmap` is not here',
  fx: '`exportOnnx` records a forward pass: [ONNX](onnx.md)',
  hub: 'weights come as files: [saving and loading](saving.md)',
  jit: '`exportOnnx`: [ONNX](onnx.md)',
  profiler: '`summary` counts, each epoch says its seconds and its engine; Node has `--cpu-prof`',
  'utils.checkpoint': 'nothing: smaller batches take less memory',
  'utils.tensorboard': 'a run writes its files: [runs](runs.md)',
};

const has = (torch, path) =>
  path.split('.').reduce((owner, name) => owner?.[name], torch) !== undefined;

/** docs/names.md. */
export function document(torch) {
  const familyOf = families();
  const counted = count(torch);
  const parts = counted.map(({ group, here, missing }) => {
    const byFamily = new Map();
    for (const name of here) {
      const ways = group === 'Tensor' ? [`Tensor.${name}`, name] : [`${group}.${name}`, name];
      const way = (group === 'torch' ? [name, `Tensor.${name}`] : ways).find((each) =>
        familyOf.has(each),
      );
      const family = familyOf.get(way) ?? '';
      byFamily.set(family, [...(byFamily.get(family) ?? []), spelled(name)]);
    }
    const rows = [...byFamily].sort(([a], [b]) => (a < b ? -1 : 1));
    // Those without a family stand last.
    rows.sort(([a], [b]) => Number(a === '') - Number(b === ''));
    const byReason = new Map();
    for (const { name, reason = '' } of missing)
      byReason.set(reason, [...(byReason.get(reason) ?? []), `\`${name}\``]);
    const lists = (map) => map.map(([key, names]) => [key, names.join(', ')]);
    const total = here.length + missing.length;
    return [
      `## ${group}`,
      `${here.length} of ${total} names, ${share(here.length, total)}.`,
      table(['family', 'names'], lists(rows)),
      ...(byReason.size > 0 ? [table(['why not', 'names'], lists([...byReason]))] : []),
    ].join('\n\n');
  });
  const [here, all] = counted.reduce(
    ([a, b], each) => [a + each.here.length, b + each.here.length + each.missing.length],
    [0, 0],
  );
  return `# PyTorch's names, and where they are

${here} of ${all} public names of PyTorch 2.11 are here. One rule gives the name: \`snake_case\` becomes \`camelCase\`, and a last underline stays. Where that
changes a name, the one here stands behind Python's. Names of \`utils.data\` are in \`data\`, those of \`Tensor\` are methods and attributes (\`data\` is a method, and gives
a typed array: Python's attribute is \`detach()\`; \`gradFn\` is the name that Python prints). Families are those of the recorded cases ([parity.md](parity.md)). \`npm run names -- --write\` makes this page.

${parts.join('\n\n')}

## Namespaces that are not here

They are not counted above.

${table(
  ['of PyTorch', 'here'],
  Object.entries(otherNamespaces)
    .filter(([name]) => !has(torch, name))
    .map(([name, instead]) => [`\`torch.${name}\``, instead]),
)}

\`torchvision.transforms\` is [\`torch.transforms\`](transforms.md); of \`torchvision.datasets\` sets of MNIST's kind and folders are in \`data\` ([data](data.md)); networks of
\`torchvision.models\` are examples ([chapters](chapters.md)).

## Arguments

Names, order and defaults are \`inspect.signature\`'s, of operators libtorch's schema's. What differs:

${table(['of', 'differs', 'why'], differences())}
`;
}

async function main() {
  const usage = 'npm run names [-- --write] [-- --missing]';
  const options = { write: { type: 'boolean' }, missing: { type: 'boolean' } };
  const { write, missing: isDetailed } = readArguments(usage, options);
  const torch = await import('../dist/index.js');
  if (write) writeFileSync(fileOf('docs/names.md'), document(torch));
  for (const { group, here, missing } of count(torch)) {
    const total = here.length + missing.length;
    const wanted = total - missing.filter(({ reason }) => reason !== undefined).length;
    const line = [group.padEnd(26), `${here.length} of ${total}`.padStart(12)];
    console.log(
      ...line,
      share(here.length, total).padStart(8),
      `of ${wanted} that are meant to be here ${share(here.length, wanted)}`,
    );
    if (!isDetailed) continue;
    for (const { name, reason } of missing) console.log(`  ${name}: ${reason ?? 'no reason'}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
