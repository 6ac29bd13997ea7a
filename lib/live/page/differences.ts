// In what runs differ.

import type { Detail } from './contract.js';

type Configured = Pick<Detail, 'name' | 'configuration'>;

/** Settings as `a.b`, of all that are not the same everywhere; by run. */
export function differences(runs: readonly Configured[]): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const { name, configuration } of runs) {
    for (const [key, value] of flat(configuration)) {
      const values = all.get(key) ?? new Map<string, string>();
      all.set(key, values.set(name, value));
    }
  }
  for (const [key, values] of all) {
    if (values.size === runs.length && new Set(values.values()).size === 1) all.delete(key);
  }
  const layers = layersOf(runs);
  if ([...layers.values()].some((text) => text !== '')) all.set('layers', layers);
  return byLastName(all);
}

// Of what networks are made of, the lines that not all of them have.
function layersOf(runs: readonly Configured[]): Map<string, string> {
  const lines = runs.flatMap(({ name, configuration }) => {
    const { text } = (configuration.model ?? {}) as { text?: unknown };
    return Array.isArray(text) ? [[name, text.map((line) => String(line).trim())] as const] : [];
  });
  const isCommon = (line: string): boolean => lines.every(([, each]) => each.includes(line));
  return new Map(
    lines.map(([name, each]) => [name, each.filter((line) => !isCommon(line)).join(' ')]),
  );
}

/** `lr` for `optimizer.lr`; settings that say the same in two places are one. */
function byLastName(
  all: ReadonlyMap<string, Map<string, string>>,
): Map<string, Map<string, string>> {
  const short = new Map<string, Map<string, string>>();
  for (const [path, values] of all) {
    const last = path.slice(path.lastIndexOf('.') + 1);
    const known = short.get(last);
    if (known === undefined) short.set(last, values);
    else if (String([...known]) !== String([...values])) short.set(path, values);
  }
  return short;
}

// When a run was made always differs, and is no setting; how many epochs stands in a column of its own. Of the network its
// name is enough, and its layers.
const noSettings = new Set([
  ...['created', 'epochs', 'options.epochs'],
  ...['options.model', 'model.text', 'model.state'],
]);

function flat(value: unknown, path: readonly string[] = []): [string, string][] {
  if (noSettings.has(path.join('.'))) return [];
  const isList = Array.isArray(value);
  // Of the groups of an optimizer there is mostly one: its settings are the optimizer's.
  if (isList && value.length === 1 && isObject(value[0])) return flat(value[0], path.slice(0, -1));
  if (isObject(value) && (!isList || value.some(isObject))) {
    return Object.entries(value).flatMap(([key, each]) => flat(each, [...path, key]));
  }
  const key = path.join('.');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [[key === 'model.name' ? 'model' : key, text]];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
