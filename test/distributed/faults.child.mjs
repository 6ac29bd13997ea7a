// One rank of a group in which something is wrong, as MODE says. Prints the code of the error it ends with, how long it
// took in seconds, and the message.
import * as torch from '../../dist/index.js';

const { distributed } = torch;
const { MODE: mode, RANK } = process.env;
const rank = Number(RANK);
const timeout = mode === 'late' ? 1500 : 20_000;

const modes = {
  async size() {
    await distributed.allReduce(torch.zeros([10 + rank]));
  },
  async operation() {
    const tensor = torch.zeros([10]);
    await (rank === 0 ? distributed.allReduce(tensor) : distributed.broadcast(tensor, 0));
  },
  // Both are known to both by then: nothing is compared any more.
  async knownSize() {
    const tensors = [torch.zeros([10]).keep(), torch.zeros([2000]).keep()];
    for (const tensor of tensors) await distributed.allReduce(tensor);
    await distributed.allReduce(tensors[rank]);
  },
  async dead() {
    await distributed.allReduce(torch.zeros([10]));
    if (rank === 1) process.kill(process.pid, 'SIGKILL');
    await distributed.allReduce(torch.zeros([10]));
  },
  async late() {
    await distributed.allReduce(torch.zeros([10]));
    if (rank === 1) await new Promise((resolve) => setTimeout(resolve, 6000));
    else await distributed.allReduce(torch.zeros([10]));
  },
  async exit() {
    setTimeout(() => process.exit(7), 200);
    if (rank === 0) await distributed.allReduce(torch.zeros([10]));
    else await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
};

await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout });
const start = performance.now();
try {
  await modes[mode]();
  console.log(JSON.stringify({ code: 'none' }));
  await distributed.destroyProcessGroup();
} catch (error) {
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ code: error.code, seconds, message: error.message }));
  // What is used after it says so at once.
  const after = await distributed.barrier().catch(({ code }) => code);
  if (after !== 'ERR_DISTRIBUTED_CLOSED' && error.code !== 'ERR_DISTRIBUTED_MISMATCH')
    process.exit(9);
  process.exit(3);
}
