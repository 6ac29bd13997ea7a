// One rank: every operation once, on numbers from which the right result follows. Prints what it has got, as JSON.
import * as torch from '../../dist/index.js';

const { distributed } = torch;
await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout: 20_000 });
const rank = distributed.getRank();
const size = distributed.getWorldSize();
const row = (value) => torch.full([2], value).keep();
const rows = (make) => Array.from({ length: size }, (_, i) => row(make(i)));
const got = {};
const note = (name, ...tensors) => {
  got[name] = tensors.flatMap((tensor) => tensor.tolist());
};

for (const op of ['sum', 'avg', 'product', 'min', 'max']) {
  const tensor = row(rank + 1);
  await distributed.allReduce(tensor, { op });
  note(op, tensor);
}
for (const op of ['band', 'bor', 'bxor']) {
  const tensor = torch.tensor([rank + 1, 3], { dtype: 'int64' }).keep();
  await distributed.allReduce(tensor, { op });
  note(op, tensor);
}
// Many at once come out in their order.
const many = Array.from({ length: 20 }, (_, i) => row(rank + i));
await Promise.all(many.map((tensor) => distributed.allReduce(tensor)));
note('many', ...many);

const sent = row(rank);
await distributed.broadcast(sent, size - 1);
note('broadcast', sent);
const reduced = row(rank + 1);
await distributed.reduce(reduced, 0);
if (rank === 0) note('reduce', reduced);
const list = rows(() => -1);
await distributed.allGather(list, row(rank));
note('allGather', ...list);
const flat = torch.zeros([size, 2]).keep();
await distributed.allGatherIntoTensor(flat, row(rank));
note('allGatherIntoTensor', flat.flatten());
const part = row(-1);
await distributed.reduceScatter(
  part,
  rows((i) => rank * 10 + i),
);
note('reduceScatter', part);
await distributed.reduceScatterTensor(part, torch.arange(2 * size, { dtype: 'float32' }).keep());
note('reduceScatterTensor', part);
const gathered = rank === 0 ? rows(() => -1) : null;
await distributed.gather(row(rank + 5), gathered);
if (gathered !== null) note('gather', ...gathered);
await distributed.scatter(part, rank === 0 ? rows((i) => i + 7) : null);
note('scatter', part);
await distributed.barrier();
await distributed.monitoredBarrier();

const next = (rank + 1) % size;
const before = (rank + size - 1) % size;
const message = row(-1);
const sending = distributed.isend(row(rank), next, { tag: 3 });
got.from = await distributed.recv(message, before, { tag: 3 });
await sending.wait();
note('recv', message);

got.objects = await distributed.allGatherObject({ rank, bytes: new Uint8Array(rank) });
const objects = rank === 1 ? [{ deep: [1n] }, 'é'] : [null, null];
await distributed.broadcastObjectList(objects, 1);
got.broadcastObjects = objects;

const half = await distributed.newGroup([size - 1, 0]);
if (half !== undefined) {
  const tensor = row(rank);
  await distributed.allReduce(tensor, { group: half });
  note('group', tensor);
  got.place = [half.rank, half.size, distributed.getRank(half)];
}

await distributed.destroyProcessGroup();
console.log(JSON.stringify(got, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)));
