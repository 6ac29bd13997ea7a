// `npm run names`: how many of PyTorch's public names are here, by group, and what is not with its reason.
// Names are recorded in test/reference/names.json, reasons stand in test/parity/absent.json.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const read = (path) =>
  JSON.parse(readFileSync(new URL(`../test/${path}`, import.meta.url), 'utf8'));

export const camelCase = (name) =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter) => letter.toUpperCase());

// Groups whose names stand elsewhere here, or in more than one place.
const places = {
  Tensor: ['Tensor.prototype'],
  'nn.Module': ['nn.Module.prototype'],
  torch: [''],
  'utils.data': ['data'],
};

function ownersOf(torch, group) {
  return (places[group] ?? [group]).map((path) =>
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
const fits = (pattern, name) =>
  pattern.includes('*')
    ? new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name)
    : pattern === name;

async function main() {
  const torch = await import('../dist/index.js');
  const share = (here, total) => `${((100 * here) / total).toFixed(1)} %`;
  for (const { group, here, missing } of count(torch)) {
    const total = here.length + missing.length;
    const wanted = total - missing.filter(({ reason }) => reason !== undefined).length;
    const line = [group.padEnd(26), `${here.length} of ${total}`.padStart(12)];
    console.log(
      ...line,
      share(here.length, total).padStart(8),
      `of ${wanted} that are meant to be here ${share(here.length, wanted)}`,
    );
    if (!process.argv.includes('--missing')) continue;
    for (const { name, reason } of missing) console.log(`  ${name}: ${reason ?? 'no reason'}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
