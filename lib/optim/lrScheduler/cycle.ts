import { atMost } from '../../argument/atMost.js';
import { callback, flag, integer, Kind, number, oneOf, orNull } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { annealStrategy, between, momentumOf } from './cosine.js';
import { type LastEpochOption, lastEpoch } from './decay.js';
import {
  EpochScheduler,
  type Fields,
  type Group,
  numberEach,
  numberOrEach,
  requireOptimizer,
  type Scheduled,
  setRate,
} from './scheduler.js';

type Numbers = number | readonly number[];

function setMomentum(group: Group, key: 'betas' | 'momentum', value: number): void {
  if (key === 'momentum') group.momentum = value;
  else group.betas = [value, ...(group.betas as number[]).slice(1)];
}

/** Writes a cycle's momenta into the groups, for its beginning. */
function beginMomenta(
  optimizer: Scheduled,
  key: 'betas' | 'momentum',
  base: readonly number[],
  most: readonly number[],
): void {
  (optimizer.paramGroups as unknown as Group[]).forEach((group, i) => {
    setMomentum(group, key, most[i]!);
    Object.assign(group, { maxMomentum: most[i], baseMomentum: base[i] });
  });
}

/** Options of {@link CyclicLR}. */
export interface CyclicLROptions extends LastEpochOption {
  /** Steps up, integer ≥ 1. Default 2000. */
  stepSizeUp?: number | undefined;
  /** Steps down. Default: as up. */
  stepSizeDown?: number | null | undefined;
  /** How cycles become smaller. Default 'triangular': not at all. */
  mode?: 'triangular' | 'triangular2' | 'exp_range' | undefined;
  /** Of 'exp_range'. Default 1. */
  gamma?: number | undefined;
  /** A policy of one's own, in place of `mode`. Default null: `mode` says it. */
  scaleFn?: ((x: number) => number) | null | undefined;
  /** What `scaleFn` is given. Default 'cycle'. */
  scaleMode?: 'cycle' | 'iterations' | undefined;
  /** Whether momentum goes the other way. Default true. */
  cycleMomentum?: boolean | undefined;
  /** Default 0.8. */
  baseMomentum?: Numbers | undefined;
  /** Default 0.9. */
  maxMomentum?: Numbers | undefined;
}

const modes = oneOf('triangular', 'triangular2', 'exp_range');
const scales = oneOf('cycle', 'iterations');

interface Cycle {
  max_lrs: number[];
  total_size: number;
  step_ratio: number;
  mode: 'triangular' | 'triangular2' | 'exp_range';
  gamma: number;
  scale_mode: 'cycle' | 'iterations';
  cycle_momentum: boolean;
  use_beta1?: boolean;
  base_momentums?: number[];
  max_momentums?: number[];
  /** As Python writes a function. */
  _scale_fn_custom: null;
}

// As Python writes a function.
const noFunction = new Kind<null>('null', (given) => (given === null ? null : undefined));

/**
 * Rates that go up and down between two, step by step; mirrors `torch.optim.lr_scheduler.CyclicLR`. Call `step()` after
 * each step of the optimizer.
 *
 * @param baseLr - The smallest rate, for all groups or for each.
 * @param maxLr - The largest.
 * @throws {TypeError} `ERR_INVALID_ARG` for an optimizer without momentum where `cycleMomentum`, and for a `lastEpoch` of
 *   groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1, momentum: 0.9 });
 * const schedule = new optim.lrScheduler.CyclicLR(sgd, 1, 3, { stepSizeUp: 2 });
 * const rates = [];
 * for (let step = 0; step < 6; step++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 2, 3, 2, 1, 2 ]
 */
export class CyclicLR extends EpochScheduler<Cycle> {
  declare private readonly scaleFn: ((x: number) => number) | null;

  constructor(optimizer: Scheduled, baseLr: Numbers, maxLr: Numbers, options?: CyclicLROptions) {
    atMost('CyclicLR', 4, arguments.length);
    requireOptimizer('CyclicLR', optimizer);
    const spec = {
      stepSizeUp: number(1).or(2000),
      stepSizeDown: orNull(number(0)).or(null),
      mode: modes.or('triangular'),
      gamma: number().or(1),
      scaleFn: orNull(callback<(x: number) => number>()).or(null),
      scaleMode: scales.or('cycle'),
      cycleMomentum: flag.or(true),
      baseMomentum: numberOrEach(optimizer.paramGroups.length).or(0.8),
      maxMomentum: numberOrEach(optimizer.paramGroups.length).or(0.9),
      lastEpoch,
    };
    const read = readOptions('CyclicLR', spec, options);
    const each = numberEach(optimizer.paramGroups.length);
    const baseLrs = numberOrEach(optimizer.paramGroups.length).read('CyclicLR: baseLr', baseLr);
    const maxLrs = numberOrEach(optimizer.paramGroups.length).read('CyclicLR: maxLr', maxLr);
    const total = read.stepSizeUp + (read.stepSizeDown ?? read.stepSizeUp);
    const isNew = read.lastEpoch === -1;
    const ownScale = read.mode === 'exp_range' ? 'iterations' : 'cycle';
    const key = read.cycleMomentum ? momentumOf('CyclicLR', optimizer) : undefined;
    if (isNew) {
      (optimizer.paramGroups as unknown as Group[]).forEach((group, i) => {
        setRate(group, baseLrs[i]!);
      });
    }
    if (key && isNew) beginMomenta(optimizer, key, read.baseMomentum, read.maxMomentum);
    const fields = {
      max_lrs: [each, maxLrs],
      total_size: [number(), total],
      step_ratio: [number(), read.stepSizeUp / total],
      mode: [modes, read.mode],
      gamma: [number(), read.gamma],
      scale_mode: [scales, read.scaleFn ? read.scaleMode : ownScale],
      cycle_momentum: [flag, read.cycleMomentum],
      ...(key && {
        use_beta1: [flag, key === 'betas'],
        base_momentums: [each, read.baseMomentum],
        max_momentums: [each, read.maxMomentum],
      }),
      _scale_fn_custom: [noFunction, null],
    } as Fields<Cycle>;
    super(optimizer, read.lastEpoch, fields, (self) => {
      Object.defineProperty(self, 'scaleFn', { value: read.scaleFn });
    });
    this.own.base_lrs = baseLrs;
  }

  // No `#`: it is called while the base class is made.
  private scale(x: number): number {
    if (this.scaleFn) return this.scaleFn(x);
    const { mode, gamma } = this.own;
    if (mode === 'exp_range') return gamma ** x;
    return mode === 'triangular' ? 1 : 1 / 2 ** (x - 1);
  }

  protected override rates(): number[] {
    const { last_epoch, total_size, step_ratio, base_lrs, max_lrs, scale_mode } = this.own;
    const cycle = Math.floor(1 + last_epoch / total_size);
    const x = 1 + last_epoch / total_size - cycle;
    const height = x <= step_ratio ? x / step_ratio : (x - 1) / (step_ratio - 1);
    const scale = this.scale(scale_mode === 'cycle' ? cycle : last_epoch);
    const { cycle_momentum, base_momentums = [], max_momentums = [], use_beta1 } = this.own;
    if (cycle_momentum) {
      this.groups.forEach((group, i) => {
        const [base, most] = [base_momentums[i]!, max_momentums[i]!];
        const value = most - (most - base) * height * scale;
        setMomentum(group, use_beta1 ? 'betas' : 'momentum', value);
      });
    }
    return base_lrs.map((lr, i) => lr + (max_lrs[i]! - lr) * height * scale);
  }
}

/** Options of {@link OneCycleLR}. */
export interface OneCycleLROptions extends LastEpochOption {
  /** Steps of the cycle. Default null: `epochs · stepsPerEpoch`, both of which are needed then. */
  totalSteps?: number | null | undefined;
  /** Default null: `totalSteps` is given. */
  epochs?: number | null | undefined;
  /** Default null: `totalSteps` is given. */
  stepsPerEpoch?: number | null | undefined;
  /** The part of the cycle in which the rate goes up. Default 0.3. */
  pctStart?: number | undefined;
  /** Default 'cos'. */
  annealStrategy?: 'cos' | 'linear' | undefined;
  /** Whether momentum goes the other way. Default true. */
  cycleMomentum?: boolean | undefined;
  /** Default 0.85. */
  baseMomentum?: Numbers | undefined;
  /** Default 0.95. */
  maxMomentum?: Numbers | undefined;
  /** The first rate is the largest by this. Default 25. */
  divFactor?: number | undefined;
  /** The last rate is the first by this. Default 1e4. */
  finalDivFactor?: number | undefined;
  /** Whether the rate comes down to the first one before the last phase. Default false. */
  threePhase?: boolean | undefined;
}

interface Phase {
  end_step: number;
  start_lr: string;
  end_lr: string;
  start_momentum: string;
  end_momentum: string;
}

interface OneCycle {
  total_steps: number;
  _schedule_phases: Phase[];
  _anneal_func_type: 'cos' | 'linear';
  cycle_momentum: boolean;
  use_beta1?: boolean;
}

const phasesKind = new Kind<unknown, Phase[]>('phases', (given) => {
  if (!Array.isArray(given)) return undefined;
  const phases = given.map((each) =>
    each instanceof Map ? Object.fromEntries(each) : { ...each },
  ) as Phase[];
  return phases.every(({ end_step }) => typeof end_step === 'number') ? phases : undefined;
});

const options = new Map([
  ['initial_lr', 'initialLr'],
  ['max_lr', 'maxLr'],
  ['min_lr', 'minLr'],
  ['max_momentum', 'maxMomentum'],
  ['base_momentum', 'baseMomentum'],
]);
const of = (group: Group, python: string): number => group[options.get(python)!] as number;

/**
 * One cycle of rates, up and far down, step by step; mirrors `torch.optim.lr_scheduler.OneCycleLR`. Call `step()` after
 * each step of the optimizer.
 *
 * @param maxLr - The largest rate, for all groups or for each.
 * @throws {TypeError} `ERR_INVALID_ARG` when it is not said how many steps there are; from `step`, after all of them.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1, momentum: 0.9 });
 * const schedule = new optim.lrScheduler.OneCycleLR(sgd, 1, { totalSteps: 5, pctStart: 0.4 });
 * const rates = [];
 * for (let step = 0; step < 4; step++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr.toFixed(3));
 * rates; // → [ '0.040', '1.000', '0.750', '0.250' ]
 */
export class OneCycleLR extends EpochScheduler<OneCycle> {
  constructor(optimizer: Scheduled, maxLr: Numbers, given?: OneCycleLROptions) {
    atMost('OneCycleLR', 3, arguments.length);
    requireOptimizer('OneCycleLR', optimizer);
    const each = numberOrEach(optimizer.paramGroups.length);
    const steps = orNull(integer(1)).or(null);
    const part = new Kind<number>('a number between 0 and 1', (value) =>
      typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined,
    );
    const spec = {
      totalSteps: steps,
      epochs: steps,
      stepsPerEpoch: steps,
      pctStart: part.or(0.3),
      annealStrategy: annealStrategy.or('cos'),
      cycleMomentum: flag.or(true),
      baseMomentum: each.or(0.85),
      maxMomentum: each.or(0.95),
      divFactor: number().or(25),
      finalDivFactor: number().or(1e4),
      threePhase: flag.or(false),
      lastEpoch,
    };
    const read = readOptions('OneCycleLR', spec, given);
    const most = each.read('OneCycleLR: maxLr', maxLr);
    const { epochs, stepsPerEpoch, pctStart: up } = read;
    const total = read.totalSteps ?? (epochs && stepsPerEpoch ? epochs * stepsPerEpoch : null);
    if (total === null) {
      throw invalidArgument('OneCycleLR: expected totalSteps, or epochs and stepsPerEpoch');
    }
    const key = read.cycleMomentum ? momentumOf('OneCycleLR', optimizer) : undefined;
    if (read.lastEpoch === -1) {
      (optimizer.paramGroups as unknown as Group[]).forEach((group, i) => {
        group.initialLr = most[i]! / read.divFactor;
        group.maxLr = most[i]!;
        group.minLr = group.initialLr / read.finalDivFactor;
      });
      if (key) beginMomenta(optimizer, key, read.baseMomentum, read.maxMomentum);
    }
    super(optimizer, read.lastEpoch, {
      total_steps: [integer(1), total],
      _schedule_phases: [
        phasesKind,
        read.threePhase ? threePhases(up, total) : twoPhases(up, total),
      ],
      _anneal_func_type: [annealStrategy, read.annealStrategy],
      cycle_momentum: [flag, read.cycleMomentum],
      ...(key && { use_beta1: [flag, key === 'betas'] }),
    } as Fields<OneCycle>);
  }

  protected override rates(): number[] {
    const { last_epoch: step, total_steps, _schedule_phases: phases } = this.own;
    const { _anneal_func_type: how, cycle_momentum, use_beta1 } = this.own;
    if (step > total_steps) {
      throw invalidArgument(
        `OneCycleLR: there are ${total_steps} steps, and this is the ${step}th`,
      );
    }
    const found = phases.findIndex(({ end_step }) => step <= end_step);
    const number = found < 0 ? phases.length - 1 : found;
    const phase = phases[number]!;
    const start = number === 0 ? 0 : phases[number - 1]!.end_step;
    const part = (step - start) / (phase.end_step - start);
    return this.groups.map((group) => {
      if (cycle_momentum) {
        const [from, to] = [of(group, phase.start_momentum), of(group, phase.end_momentum)];
        setMomentum(group, use_beta1 ? 'betas' : 'momentum', between(how, from, to, part));
      }
      return between(how, of(group, phase.start_lr), of(group, phase.end_lr), part);
    });
  }
}

const phase = (end: number, rates: [string, string], momenta: [string, string]): Phase => ({
  end_step: end,
  start_lr: `${rates[0]}_lr`,
  end_lr: `${rates[1]}_lr`,
  start_momentum: `${momenta[0]}_momentum`,
  end_momentum: `${momenta[1]}_momentum`,
});

const twoPhases = (up: number, total: number): Phase[] => [
  phase(up * total - 1, ['initial', 'max'], ['max', 'base']),
  phase(total - 1, ['max', 'min'], ['base', 'max']),
];

const threePhases = (up: number, total: number): Phase[] => [
  phase(up * total - 1, ['initial', 'max'], ['max', 'base']),
  phase(2 * up * total - 2, ['max', 'initial'], ['base', 'max']),
  phase(total - 1, ['initial', 'min'], ['max', 'max']),
];
