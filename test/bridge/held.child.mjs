// Random programs that hold some of their tensors, in every way that JavaScript has, and drop others:
// what can still be reached must be as it was. Usage: node held.child.mjs SEED ROUNDS
import v8 from 'node:v8';
import vm from 'node:vm';

import * as torch from '../../dist/index.js';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

const [seed, rounds] = process.argv.slice(2).map(Number);
torch.setNumThreads(1);

// mulberry32: the run can be repeated from its seed.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);

let checked = 0;
let collected = 0;
let finalized = 0;
const registry = new FinalizationRegistry(() => finalized++);

// A holder gives its tensor back, or undefined when it may have been collected.
const weakKeys = [{}, {}, {}];
const weakMap = new WeakMap();
const holders = [
  (t) =>
    (
      (box) => () =>
        box[0]
    )([t]),
  (t) =>
    (
      (map) => () =>
        map.get('t')
    )(new Map([['t', t]])),
  (t) =>
    (
      (set) => () =>
        set.values().next().value
    )(new Set([t])),
  (t) => () => t,
  (t) =>
    (
      (object) => () =>
        object.deep.tensor
    )({ deep: { tensor: t } }),
  (t) =>
    (
      (bound) => () =>
        bound()
    )(
      function () {
        return this;
      }.bind(t),
    ),
  (t) => {
    const generator = (function* () {
      for (;;) yield t;
    })();
    generator.next();
    return () => generator.next().value;
  },
  (t) =>
    (
      (reference) => () =>
        reference.deref()
    )(new WeakRef(t)),
  (t) => {
    const key = weakKeys[below(3)];
    const list = weakMap.get(key) ?? [];
    weakMap.set(key, list);
    const place = list.push(t) - 1;
    return () => list[place];
  },
];

const held = [];
function hold(tensor, value) {
  if (random() < 0.2) registry.register(tensor, 0);
  const entry = { get: holders[below(holders.length)](tensor), value };
  if (held.length < 300) held.push(entry);
  else held[below(300)] = entry;
}

function check({ get, value }) {
  const tensor = get();
  if (tensor === undefined) {
    collected++;
    return;
  }
  if (tensor.isDisposed) throw new Error('a tensor that can be reached was released');
  const found = tensor.flatten().at(-1).item();
  if (found !== value) throw new Error(`expected ${value}, found ${found}`);
  checked++;
}

const leaf = torch.ones(3, { requiresGrad: true });
const steps = [
  () => {
    const value = below(1000);
    hold(torch.full([1 + below(3000)], value), value);
  },
  () => {
    const value = below(1000);
    hold(torch.full([2, 3], value).t().at(1), value); // a view: its base is dropped
  },
  () => {
    const entry = held[below(held.length)];
    const tensor = entry?.get();
    if (tensor !== undefined && entry.value < 1e6) hold(tensor.add(1), entry.value + 1);
  },
  () => {
    const value = below(1000);
    hold(leaf.mul(value).sigmoid().detach().mul(0).add(value), value);
  },
  () => {
    leaf.mul(2).sum().backward();
    const { grad } = leaf;
    if (leaf.grad !== grad) throw new Error('another gradient object');
    if (random() < 0.3) hold(grad.clone(), grad.at(2).item());
    if (random() < 0.5) leaf.grad = null;
  },
  () => {
    const value = below(1000);
    hold(
      torch.tidy(() => torch.full([5], value).mul(1).add(0)),
      value,
    );
  },
  () => torch.full([1], 1).dispose(),
  () => torch.full([5], 1).split?.(2),
  () => {
    for (let i = 0; i < 300; i++) torch.ones([100]); // enough for a look
  },
];

for (let i = 0; i < rounds; i++) {
  steps[below(steps.length)]();
  if (held.length > 0) check(held[below(held.length)]);
  if (i % 200 === 0) await new Promise(setImmediate);
  // Now and then all that cannot be reached goes at once; between these, V8 and the package choose. At
  // the beginning of a turn, because what a WeakRef has shown stays until its end.
  if (i % 1000 === 0) collect();
  if (i % 500 === 0) held.forEach(check);
}
held.forEach(check);
console.log(JSON.stringify({ checked, collected, finalized, tensors: torch.memory().tensors }));
