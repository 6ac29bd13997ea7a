// One rank: its share of ten examples, before there is a group and in one. Prints them as JSON.
import { readFileSync } from 'node:fs';
import * as torch from '../../dist/index.js';

const { data, distributed } = torch;
const set = new data.TensorDataset(torch.arange(10));
const isOpened = () => readFileSync('/proc/self/maps', 'utf8').includes('liblenet_distributed');
const code = (work) => {
  try {
    work();
  } catch (error) {
    return error.code;
  }
};
const got = {
  before: code(() => new data.DistributedSampler(set)),
  given: [...new data.DistributedSampler(set, { numReplicas: 2, rank: 1, shuffle: false })],
  openedBySampler: isOpened(),
};
await distributed.initProcessGroup('gloo', { initTimeout: 60_000, timeout: 20_000 });
got.openedByGroup = isOpened();
const sampler = new data.DistributedSampler(set);
got.share = [...sampler];
got.place = [sampler.rank, sampler.numReplicas];
got.rank = new data.DistributedSampler(set, { numReplicas: 7 }).rank;
await distributed.destroyProcessGroup();
console.log(JSON.stringify(got));
