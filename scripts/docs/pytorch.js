// Where PyTorch's own page of a name is.
import fs from 'node:fs';

import { camelCase } from '../names.js';
import { at } from '../stamps.js';

const base = 'https://docs.pytorch.org/docs/stable/';
// Groups whose names share one page, and groups that lie elsewhere in PyTorch's documentation.
const pages = {
  special: (name) => `special.html#torch.special.${name}`,
  'nn.init': (name) => `nn.init.html#torch.nn.init.${name}`,
  cuda: (name) => `generated/torch.cuda.${name}.html`,
  distributed: (name) => `distributed.html#torch.distributed.${name}`,
  data: (name) => `data.html#torch.utils.data.${name}`,
};

const recorded = JSON.parse(fs.readFileSync(at('test', 'reference', 'names.json'), 'utf8'));
const groups = { '': 'torch', data: 'utils.data', 'optim.lrScheduler': 'optim.lr_scheduler' };
const python = new Map();
for (const [group, names] of Object.entries(recorded)) {
  for (const name of Object.keys(names)) python.set(`${group}/${camelCase(name)}`, name);
}

/** Python's name of an entry, such as `torch.nn.functional.cross_entropy`; undefined for what PyTorch does not have. */
export function pythonName({ path, name }) {
  const group = groups[path] ?? path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const own = path === 'Tensor' ? 'Tensor' : group;
  const there = python.get(`${own}/${name}`);
  if (there === undefined) return undefined;
  return own === 'torch' ? `torch.${there}` : `torch.${own}.${there}`;
}

/** The address of that name's page. */
export function pythonPage(entry) {
  const full = pythonName(entry);
  if (full === undefined) return undefined;
  const page = pages[entry.path];
  return base + (page?.(full.slice(full.lastIndexOf('.') + 1)) ?? `generated/${full}.html`);
}
