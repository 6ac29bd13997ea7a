// The engines as the conformance suite asks them, and what it asks them with.
import type { Device } from '../../lib/context/device.js';
import { EagerEngine } from '../../lib/engine/eager/engine.js';
import type { Engine, TrainingTask } from '../../lib/engine/engine.js';
import { FusedEngine } from '../../lib/engine/fused/engine.js';
import type { Capture } from '../../lib/engine/graph/capture.js';
import { GraphEngine } from '../../lib/engine/graph/engine.js';
import {
  type EngineName,
  emptySums,
  type PassKeeper,
  type PassSums,
  type PassWatch,
} from '../../lib/engine/pass.js';
import * as torch from '../../lib/index.js';
import { undisturbed } from '../../lib/observe/undisturbed.js';

/**
 * Without a GPU the step itself is run wherever a graph would be replayed: everything is as in the engine but the
 * capture. The warm-up runs, so that it is seen to change nothing.
 */
export const uncaptured: Capture = (net, program, size) => {
  undisturbed(net, () => {
    for (let i = 0; i < 3; i++) program.rehearse(size);
  });
  return { replay: () => program.run(size) };
};

class UncapturedEngine extends GraphEngine {
  override readonly deviceType = 'cpu';

  constructor() {
    super(uncaptured);
  }
}

const hasGpu = torch.cuda.isAvailable();

/** An engine, where it computes, and how near it comes to the eager one. */
export interface Contender {
  readonly make: () => Engine;
  readonly device: Device;
  /** Largest difference of a parameter or score after some steps; 0: the same bits. */
  readonly tolerance: number;
}

const cpu = torch.device('cpu');
export const contenders: Readonly<Record<EngineName, Contender>> = {
  eager: { make: () => new EagerEngine(), device: cpu, tolerance: 0 },
  fused: { make: () => new FusedEngine(), device: cpu, tolerance: 1e-4 },
  graph: {
    make: () => (hasGpu ? new GraphEngine() : new UncapturedEngine()),
    device: hasGpu ? torch.device('cuda') : cpu,
    tolerance: hasGpu ? 1e-4 : 1e-9,
  },
};

/** Every engine by its name, as `describe.each` takes them. */
export const rows = Object.entries(contenders) as [EngineName, Contender][];

/** A task with what the suite looks at. */
export interface Setting extends TrainingTask {
  readonly net: torch.nn.Module;
}

/** How a task is made, each time the same. */
export interface Making {
  readonly net?: () => torch.nn.Module;
  readonly optimizer?: (net: torch.nn.Module) => torch.optim.Optimizer;
  readonly batches?: () => unknown;
}

// A learning rate that float32 holds exactly.
export const lr = 2 ** -9;

const plain: Required<Making> = {
  net: () => new torch.LeNet(),
  optimizer: (net) => new torch.optim.Adam(net.parameters(), { lr }) as never,
  batches: () => loader(),
};

export function images(count = 10): [torch.Tensor, torch.Tensor] {
  const generator = new torch.Generator().manualSeed(5);
  return [
    torch.rand([count, 1, 28, 28], { generator }).keep(),
    torch.randint(0, 10, [count], { generator }).keep(),
  ];
}

export function loader(options: object = {}, data: [torch.Tensor, torch.Tensor] = images()) {
  const dataset = new torch.data.TensorDataset(...data);
  return new torch.data.DataLoader(dataset, { batchSize: 4, shuffle: true, ...options });
}

export function setUp(device: Device, making: Making = {}): Setting {
  const { net, optimizer, batches } = { ...plain, ...making };
  torch.manualSeed(3);
  const model = net().to(device);
  const task = { net: model, batches: batches(), optimizer: optimizer(model), device };
  torch.manualSeed(4);
  return task as Setting;
}

export const unwatched: PassWatch = { meter: undefined, signal: undefined, keeper: undefined };

/** Wants to be told of each step. */
export const stepwise: PassKeeper = {
  drawn: undefined,
  isTimed: false,
  isLate: false,
  save: async () => {},
  useEngine: () => {},
  stepsToGo: () => 1,
  stepped: async () => {},
};

/** One pass by an engine; what it declines is an error. */
export async function pass(
  engine: Engine,
  task: TrainingTask,
  watch: PassWatch = unwatched,
  sums: PassSums = emptySums(),
): Promise<PassSums> {
  const decision = engine.planTraining(task);
  if ('reason' in decision) throw new Error(decision.reason);
  await decision.plan.run(sums, watch).finally(() => decision.plan.dispose());
  return sums;
}

/** Parameters, buffers and what the optimizer remembers, as numbers. */
export function numbersOf({ net, optimizer }: Pick<Setting, 'net' | 'optimizer'>): number[] {
  const states = optimizer.paramGroups.flatMap(({ params }) =>
    params.flatMap((param) => Object.values(optimizer.state.get(param) ?? {})),
  );
  return [...Object.values(net.stateDict()), ...states]
    .filter((tensor) => tensor !== null)
    .flatMap((tensor) => [...tensor.data()].map(Number));
}

/** The largest difference of two lists; infinite where one is longer. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, i) => {
    const other = b[i]!;
    return Object.is(value, other) ? most : Math.max(most, Math.abs(value - other));
  }, 0);
}
