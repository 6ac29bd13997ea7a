import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { encode } from '../../lib/io/torch/encode.js';
import { coded, invalid } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { decode, type Encoded, expectClose, recorded } from '../recorded.js';
import type { OptimizerName } from './names.js';

interface Case {
  optimizer: OptimizerName;
  options: Record<string, unknown>;
  file: string;
  end: Encoded[];
  rates: number[];
  pickle: string;
}

// biome-ignore lint/suspicious/noExplicitAny: what files hold, and wrong arguments on purpose
type Any = any;

const reference = recorded<{ start: Encoded[]; grads: Encoded[][]; cases: Case[] }>('resume');
const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const renamed = (dict: object): Any =>
  Object.fromEntries(Object.entries(dict).map(([key, value]) => [camel(key), value]));

function made({ optimizer: name, options }: Case, start: Any) {
  const params = (start as torch.Tensor[]).map((each) => new torch.nn.Parameter(each));
  const groups = [{ params: [params[0]!] }, { params: [params[1]!], lr: 0.2 }];
  const optimizer = new torch.optim[name](groups, renamed(options));
  const scheduler = new torch.optim.lrScheduler.StepLR(optimizer, 2, { gamma: 0.5 });
  return { params, optimizer, scheduler };
}

function train(
  { params, optimizer, scheduler }: ReturnType<typeof made>,
  steps: Encoded[][],
): void {
  for (const step of steps) {
    params.forEach((param, i) => {
      param.grad = decode(step[i]) as torch.Tensor;
    });
    optimizer.step();
    scheduler.step();
  }
}

async function savedByPython({ file }: Case): Promise<Any> {
  const path = join(temporaryFolder(), 'python.pt');
  writeFileSync(path, Buffer.from(file, 'base64'));
  return torch.load(path);
}

const cases = reference.cases.map(
  (each) => [`${each.optimizer} ${JSON.stringify(each.options)}`, each] as const,
);
const asMap = (dict: object): Map<unknown, unknown> => new Map(Object.entries(dict));
const states = (opt: Any): [unknown, Any][] =>
  opt.state instanceof Map ? [...opt.state] : Object.entries(opt.state);

// What a user may have made of it, all the same.
const forms: Record<string, (opt: Any) => unknown> = {
  'as it was loaded': (opt) => opt,
  'a Map of Maps': (opt) =>
    asMap({
      param_groups: opt.param_groups.map(asMap),
      state: new Map(states(opt).map(([key, state]) => [key, asMap(state)])),
    }),
  'objects, numbers as words': (opt) => ({
    param_groups: opt.param_groups,
    state: Object.fromEntries(states(opt)),
  }),
  'as this package had it first': (opt) => ({
    paramGroups: opt.param_groups.map((group: Any) => {
      const { foreach, capturable, differentiable, fused, ...own } = group;
      return renamed(own);
    }),
    state: Object.fromEntries(states(opt).map(([key, state]) => [key, renamed(state)])),
  }),
  'with steps as numbers, as older versions of PyTorch': (opt) => ({
    param_groups: opt.param_groups,
    state: new Map(
      states(opt).map(([key, state]) => [
        key,
        'step' in state ? { ...state, step: state.step.item() } : state,
      ]),
    ),
  }),
  'without the switches that older versions lack': (opt) => ({
    state: opt.state,
    param_groups: opt.param_groups.map((group: Any) => {
      const { foreach, capturable, differentiable, fused, ...own } = group;
      if (!own.maximize) delete own.maximize;
      if (!own.amsgrad) delete own.amsgrad;
      if (!own.nesterov) delete own.nesterov;
      return own;
    }),
  }),
};

describe.each(cases)('goes on from what Python saved, with its numbers: %s', (_, each) => {
  test.each(Object.entries(forms))('%s', async (_, form) => {
    const saved = await savedByPython(each);
    const run = made(each, saved.params);
    run.optimizer.loadStateDict(form(saved.opt) as object);
    run.scheduler.loadStateDict(saved.sched);
    train(run, reference.grads.slice(3));
    run.params.forEach((param, i) => {
      expectClose(param.detach(), each.end[i], 1e-6, 1e-6);
    });
    expect(run.scheduler.getLastLr()).toEqual(each.rates);
  });

  test('and what it saves has the structure that Python has loaded', () => {
    const run = made(each, decode(reference.start));
    train(run, reference.grads.slice(0, 3));
    const { pickle } = encode({
      params: run.params.map((param) => param.detach()),
      opt: run.optimizer.stateDict(),
      sched: run.scheduler.stateDict(),
    } as Any);
    expect(createHash('sha256').update(pickle).digest('hex')).toBe(each.pickle);
  });

  test('a state goes from here to here, through a file', async () => {
    const [whole, first] = [
      made(each, decode(reference.start)),
      made(each, decode(reference.start)),
    ];
    train(whole, reference.grads);
    train(first, reference.grads.slice(0, 3));
    const path = join(temporaryFolder(), 'own.pt');
    const data = {
      params: first.params.map((param) => param.detach()),
      opt: first.optimizer.stateDict(),
      sched: first.scheduler.stateDict(),
    };
    await torch.save(data as Any, path);
    const saved = await torch.load<Any>(path);
    const second = made(each, saved.params);
    second.optimizer.loadStateDict(saved.opt);
    second.scheduler.loadStateDict(saved.sched);
    train(second, reference.grads.slice(3));
    second.params.forEach((param, i) => {
      expect(param.equal(whole.params[i]!)).toBe(true);
    });
    expect(second.scheduler.stateDict()).toEqual(whole.scheduler.stateDict());
    expect(second.optimizer.stateDict().param_groups).toEqual(
      whole.optimizer.stateDict().param_groups,
    );
  });
});

test('Adam takes over an AdamW from Python, and is one then', async () => {
  const adamW = reference.cases.findIndex((each) => each.optimizer === 'AdamW');
  const each = reference.cases[adamW]!;
  const saved = await savedByPython(each);
  const run = made({ ...each, optimizer: 'Adam' }, saved.params);
  run.optimizer.loadStateDict(saved.opt);
  run.scheduler.loadStateDict(saved.sched);
  train(run, reference.grads.slice(3));
  run.params.forEach((param, i) => {
    expectClose(param.detach(), each.end[i], 1e-6, 1e-6);
  });
});

describe('what would be left out is refused, and nothing has changed', () => {
  const trained = (name: 'SGD' | 'Adam') => {
    const param = new torch.nn.Parameter(torch.ones([2]));
    const optimizer = new torch.optim[name]([param], {
      lr: 0.1,
      ...(name === 'SGD' && { momentum: 0.9 }),
    });
    param.grad = torch.ones([2]);
    optimizer.step();
    return { param, optimizer };
  };
  const { optimizer: adam } = trained('Adam');
  const { optimizer: sgd } = trained('SGD');
  const good = (): Any => adam.stateDict();
  const withState = (state: unknown): unknown => ({ ...good(), state });
  const withMoment = (key: string, value: unknown): unknown =>
    withState({ 0: { ...good().state[0], [key]: value } });
  class Own {
    state = good().state;
    param_groups = good().param_groups;
  }

  test.each<[string, () => unknown]>([
    ['a Promise', () => Promise.resolve(good())],
    ['an object of a class', () => new Own()],
    ['the optimizer itself', () => adam],
    ['a list of pairs', () => Object.entries(good())],
    ['states as pairs', () => withState([[0, good().state[0]]])],
    ['states as a list', () => withState([good().state[0]])],
    ['states as a Promise', () => withState(Promise.resolve(good().state))],
    ['no states', () => ({ param_groups: good().param_groups })],
    ['a state as a list', () => withState({ 0: Object.values(good().state[0]) })],
    ['a state as a Promise', () => withState({ 0: Promise.resolve(good().state[0]) })],
    [
      'a state of a parameter that is in no group',
      () => withState({ 0: good().state[0], 1: good().state[0] }),
    ],
    ['states by names', () => withState({ weight: good().state[0] })],
    ['states by tensors', () => withState(new Map([[torch.ones([2]), good().state[0]]]))],
    ['something else that is remembered', () => withMoment('momentum_buffer', torch.ones([2]))],
    ['a moment under two names', () => withMoment('expAvg', torch.ones([2]))],
    ['a moment as a list', () => withMoment('exp_avg', [1, 1])],
    ['a moment as a Promise', () => withMoment('exp_avg', Promise.resolve(torch.ones([2])))],
    ['no moment', () => withMoment('exp_avg', undefined)],
    ['a step as a word', () => withMoment('step', '1')],
    ['a step that is NaN', () => withMoment('step', Number.NaN)],
    [
      'groups as a Promise',
      () => ({ ...good(), param_groups: Promise.resolve(good().param_groups) }),
    ],
    ['a group as a list', () => ({ ...good(), param_groups: [[0]] })],
    [
      'a group without a rate',
      () => ({ ...good(), param_groups: [{ ...good().param_groups[0], lr: undefined }] }),
    ],
    [
      'a rate as a word',
      () => ({ ...good(), param_groups: [{ ...good().param_groups[0], lr: '0.1' }] }),
    ],
    [
      'a switch as a word',
      () => ({ ...good(), param_groups: [{ ...good().param_groups[0], amsgrad: 'false' }] }),
    ],
    [
      'params as a word',
      () => ({ ...good(), param_groups: [{ ...good().param_groups[0], params: '0' }] }),
    ],
    ['both names of the groups', () => ({ ...good(), paramGroups: good().param_groups })],
    ['something beside', () => ({ ...good(), epoch: 3 })],
    [
      'amsgrad without its squares',
      () => ({ ...good(), param_groups: [{ ...good().param_groups[0], amsgrad: true }] }),
    ],
    ['the state of an SGD', () => sgd.stateDict()],
  ])('%s', (_, state) => {
    const { optimizer, param } = trained('Adam');
    const before = { ...optimizer.state.get(param) };
    expect(() => optimizer.loadStateDict(state() as Any)).toThrow(invalid());
    expect(optimizer.state.get(param)).toEqual(before);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.1);
  });

  test.each([[[1]], [[3]], [[2, 1]], [[]]])('moments of the shape %j', (shape) => {
    const { optimizer } = trained('Adam');
    expect(() => optimizer.loadStateDict(withMoment('exp_avg', torch.ones(shape)) as Any)).toThrow(
      coded('ERR_STATE_DICT', '[2]'),
    );
  });

  test('an SGD refuses the state of an Adam', () => {
    expect(() => trained('SGD').optimizer.loadStateDict(adam.stateDict())).toThrow(invalid());
  });

  test.each<[string, (good: Any) => unknown]>([
    ['a Promise', (good) => Promise.resolve(good)],
    ['nothing', () => ({})],
    ['a list of pairs', (good) => Object.entries(good)],
    ['the scheduler itself', () => new torch.optim.lrScheduler.StepLR(sgd, 1)],
    ['another scheduler’s', (good) => ({ ...good, milestones: [1] })],
    ['one number less', ({ gamma, ...rest }) => rest],
    ['rates as words', (good) => ({ ...good, base_lrs: ['1'] })],
    ['a rate too many', (good) => ({ ...good, base_lrs: [1, 2] })],
    ['half an epoch', (good) => ({ ...good, last_epoch: 0.5 })],
    ['a number under two names', (good) => ({ ...good, stepSize: 1 })],
  ])('StepLR: %s', (_, change) => {
    const scheduler = new torch.optim.lrScheduler.StepLR(sgd, 2);
    const before = scheduler.stateDict();
    expect(() => scheduler.loadStateDict(change(scheduler.stateDict()) as Any)).toThrow(invalid());
    expect(scheduler.stateDict()).toEqual(before);
  });

  test('StepLR takes a Map, and what this package wrote first', () => {
    const scheduler = new torch.optim.lrScheduler.StepLR(sgd, 2);
    scheduler.loadStateDict(asMap({ ...scheduler.stateDict(), last_epoch: 7 }));
    expect(scheduler.lastEpoch).toBe(7);
    scheduler.loadStateDict({ stepSize: 3, gamma: 0.5, lastEpoch: 4, baseLrs: [1], lastLr: [0.5] });
    expect(scheduler.stateDict()).toMatchObject({ step_size: 3, _step_count: 5, _last_lr: [0.5] });
  });
});
