// Which page of the site an exported name stands on: one page per family, which is the file that declares it or the folder.
import { qualified } from './symbols.js';

// By namespace and beginning of the file's path; the first that fits. What none fits has a page of its namespace, in `nn` and
// `nn.functional` one of its file.
const families = [
  ['', 'lib/context/random', 'random', 'Seeds and generators'],
  ['', 'lib/context/autograd', 'autograd', 'Gradients on and off'],
  ['', 'lib/autograd/', 'autograd', 'Autograd'],
  ['', 'lib/context/', 'settings', 'Devices, threads, settings'],
  ['', 'lib/tensor/printOptions', 'settings', 'Devices, threads, settings'],
  ['', 'lib/version', 'settings', 'Devices, threads, settings'],
  ['', 'lib/native/load', 'settings', 'Devices, threads, settings'],
  ['', 'lib/native/dtype', 'dtypes', 'Dtypes'],
  ['', 'lib/native/ops', 'ops', 'Every operator of libtorch'],
  ['', 'lib/native/', 'creation', 'Creating tensors'],
  ['', 'lib/tensor/scope', 'scopes', 'Scopes and memory'],
  ['', 'lib/tensor/creation/', 'creation', 'Creating tensors'],
  ['', 'lib/tensor/random', 'creation', 'Creating tensors'],
  ['', 'lib/math/functions/', 'functions', 'Functions of tensors'],
  ['', 'lib/tensor/', 'tensors', 'Tensors'],
  ['', 'lib/io/onnx', 'export', 'ONNX export'],
  ['', 'lib/io/', 'files', 'Saving and loading'],
  ['', 'lib/run/', 'runs', 'Runs'],
  ['', 'lib/live/', 'live', 'The live page'],
  ['', 'lib/models/', 'models', 'LeNet and LeNet-5'],
  ['', 'lib/data/', 'training', 'Train, evaluate, predict'],
  ['', 'lib/training/metrics', 'metrics', 'Metrics'],
  ['', 'lib/training/', 'training', 'Train, evaluate, predict'],
  ['', 'lib/engine/', 'training', 'Train, evaluate, predict'],
  ['', 'lib/summary/', 'summary', 'Summaries'],
  ['', 'lib/error', 'errors', 'Errors'],
  ['nn', 'lib/nn/module/', 'module', 'Modules and containers'],
  ['nn', 'lib/nn/paper/', 'paper', "The 1998 paper's layers"],
  ['nn', 'lib/nn/recurrent/', 'recurrent', 'Recurrent layers'],
  ['nn', 'lib/nn/attention/', 'attention', 'Attention and transformers'],
  ['nn', 'lib/argument/', 'module', 'Modules and containers'],
  ['nn', 'lib/nn/functional/squash', 'paper', "The 1998 paper's layers"],
  ['nn.functional', 'lib/nn/functional/squash', 'activation', 'Activation'],
  ['nn.functional', 'lib/tensor/', 'activation', 'Activation'],
];

// File names that make no title.
const titles = {
  adaptive: 'Adaptive softmax',
  avgPooling: 'Average pooling',
  conv: 'Convolution',
  convTranspose: 'Transposed convolution',
  crossMapLRN: 'Local response normalization across maps',
  ctc: 'CTC loss',
  lpPooling: 'Power-average pooling',
  functional: 'Linear and others',
  grid: 'Sampling grids',
  loss: 'Losses of classes',
  regression: 'Losses of numbers',
  regressionLoss: 'Losses of numbers',
  margin: 'Margin losses',
  binary: 'Losses of probabilities',
  binaryLoss: 'Losses of probabilities',
  marginLoss: 'Margin losses',
  rectifier: 'Rectifiers',
  reduction: 'Reductions',
  shrink: 'Shrinking and squashing',
  windows: 'Folding, unfolding, shuffling',
};

const groups = {
  '': 'torch',
  data: 'data',
  'nn.functional': 'nn.functional',
};

const worded = (file) =>
  titles[file] ??
  file
    .replaceAll(/(?<=[a-z])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());

/** The page of an entry: `{ group, slug, title }`. */
export function familyOf({ path }, { file }) {
  const group = groups[path] ?? path;
  const stem = file.slice(file.lastIndexOf('/') + 1, -3);
  const found = families.find(([at, start]) => at === path && file.startsWith(start));
  if (found !== undefined) return { group, slug: slugOf(group, found[2]), title: found[3] };
  if (path === 'nn' || path === 'nn.functional' || path === 'Tensor') {
    return { group, slug: slugOf(group, stem), title: worded(stem) };
  }
  return { group, slug: slugOf(group, 'all'), title: path === '' ? 'Others' : path };
}

const slugOf = (group, name) =>
  (name === 'all' ? group : `${group}-${name}`).replaceAll('.', '-').toLowerCase();

/** All entries by page, in the order of the groups, each page's entries in the order of their declarations. */
export function pagesOf(symbols) {
  const pages = new Map();
  const doubles = new Set(symbols.tensorMembers().map(({ name }) => name));
  const add = (entry) => {
    // In-place forms are computed from the methods that they are forms of: they are declared nowhere.
    const place = symbols.placeOf(entry.symbol) ?? { file: 'lib/tensor/inPlace.ts', line: 1 };
    // A function that is a tensor's method too stands with it.
    if (entry.path === '' && place.file === 'lib/tensor/functions.ts' && doubles.has(entry.name)) {
      return;
    }
    const family = familyOf(entry, place);
    const page = pages.get(family.slug) ?? { ...family, entries: [] };
    pages.set(family.slug, page);
    page.entries.push({ ...entry, place, id: idOf(entry) });
  };
  for (const entry of symbols.exports) add(entry);
  for (const entry of symbols.tensorMembers()) add(entry);
  for (const page of pages.values()) page.entries.sort(inOrder);
  return [...pages.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.title.toLowerCase() < b.title.toLowerCase() ? -1 : 1),
  );
}

/** The anchor of an entry. */
export const idOf = (entry) => qualified(entry).replaceAll('.', '-');

const inOrder = (a, b) =>
  a.place.file === b.place.file
    ? a.place.line - b.place.line || (a.name < b.name ? -1 : 1)
    : a.place.file < b.place.file
      ? -1
      : 1;

const order = ['torch', 'Tensor', 'nn', 'nn.functional', 'optim', 'data'];
const rank = ({ group }) => {
  const i = order.findIndex((each) => group === each || group.startsWith(`${each}.`));
  return i < 0 ? order.length : group === order[i] ? i : i + 0.5;
};
