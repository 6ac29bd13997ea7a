// A hundred tasks take turns; some open scopes and wait in them, others make tensors that nobody's scope may take. Prints how
// many tensors there were, how many were released before their time, how many scopes did not release theirs at once, and how
// many tensors are left at the end. Run with --expose-gc.
import * as torch from '../../dist/index.js';

const early = [];
let made = 0;
let late = 0;

// Several ways of giving way to the others.
const ways = [
  () => null,
  () => Promise.resolve().then(() => {}),
  () => new Promise((resolve) => queueMicrotask(resolve)),
  () => new Promise((resolve) => setImmediate(resolve)),
  () => new Promise((resolve) => process.nextTick(resolve)),
];

const look = (what, tensor) => {
  if (tensor.isDisposed) early.push(what);
};

// Makes tensors of its own in each stretch, by operators, from data and by random numbers.
async function outsider(k) {
  const mine = [];
  for (let i = 0; i < 40; i++) {
    const x = [() => torch.ones(2), () => torch.tensor([1, 2]), () => torch.rand(3)][i % 3]();
    mine.push(x, x.add(1), torch.cat([x, x]));
    made += 3;
    await ways[(i + k) % ways.length]();
    for (const tensor of mine) look(`outsider ${k}`, tensor);
  }
  for (const tensor of mine) tensor.dispose();
}

// Opens a scope in each stretch: what it makes until it waits goes with the scope, what it makes later is its own.
async function scoped(k) {
  for (let i = 0; i < 40; i++) {
    const scope = torch.scope();
    const inside = torch.ones(2).add(k);
    await ways[(i + k) % ways.length]();
    look(`scoped ${k}, inside`, inside);
    const later = torch.ones(3);
    made += 3;
    scope.dispose();
    if (!inside.isDisposed) late++;
    look(`scoped ${k}, later`, later);
    later.dispose();
  }
}

const loaderOf = (k) =>
  new torch.data.DataLoader(new torch.data.TensorDataset(torch.ones(8, 2).mul(k), torch.zeros(8)), {
    batchSize: 2,
  });

// Each batch has a scope of its own.
async function looping(k) {
  for (let i = 0; i < 10; i++) {
    for (const [X, y] of loaderOf(k)) {
      const sum = X.sum().add(y.sum());
      await ways[(i + k) % ways.length]();
      look(`looping ${k}`, sum);
      made += 3;
    }
  }
}

// Synchronous, in the middle of the others.
async function tidying(k) {
  for (let i = 0; i < 40; i++) {
    const kept = torch.tidy(() => torch.ones(2).add(k).mul(2));
    made += 3;
    await ways[(i + k) % ways.length]();
    look(`tidying ${k}`, kept);
    kept.dispose();
  }
}

const tasks = [outsider, scoped, looping, tidying];
await Promise.all(Array.from({ length: 100 }, (_, k) => tasks[k % 4](k)));
for (let i = 0; i < 20 && torch.memory().tensors > 0; i++) {
  globalThis.gc?.();
  globalThis.Bun?.gc(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const { tensors: left } = torch.memory();
console.log(JSON.stringify({ made, early: early.slice(0, 5), late, left }));
