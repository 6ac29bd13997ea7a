// The first three steps of each case of scripts/recording/resume.py, saved for Python to go on with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as torch from '../../dist/index.js';

const [, , folder] = process.argv;
const { start, grads, cases } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const decode = ({ tensor }) => torch.tensor(tensor, { dtype: 'float32' });

for (const [i, { optimizer: name, options }] of cases.entries()) {
  const params = start.map((each) => new torch.nn.Parameter(decode(each)));
  const own = Object.fromEntries(
    Object.entries(options).map(([key, value]) => [camel(key), value]),
  );
  const groups = [{ params: [params[0]] }, { params: [params[1]], lr: 0.2 }];
  const optimizer = new torch.optim[name](groups, own);
  const scheduler = new torch.optim.lrScheduler.StepLR(optimizer, 2, { gamma: 0.5 });
  for (const step of grads.slice(0, 3)) {
    step.forEach((grad, k) => {
      params[k].grad = decode(grad);
    });
    optimizer.step();
    scheduler.step();
  }
  const saved = {
    params: params.map((param) => param.detach()),
    opt: optimizer.stateDict(),
    sched: scheduler.stateDict(),
  };
  await torch.save(saved, join(folder, `${i}.pt`));
}
