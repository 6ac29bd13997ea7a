import type { Device } from '../context/device.js';
import type { LaterBatches } from '../data/loader/dataloader.js';
import { lengthOf } from '../data/loader/position.js';
import { type Resident, residentOn } from '../data/loader/resident.js';
import { deviceWords, type EngineChoice, refusal, unavailable } from './choice.js';
import { EagerEngine } from './eager/engine.js';
import type {
  Decision,
  Engine,
  EvaluationPass,
  EvaluationTask,
  TrainingPass,
  TrainingTask,
} from './engine.js';
import { FusedEngine } from './fused/engine.js';
import { GraphEngine } from './graph/engine.js';
import type { EngineName, PassWatch } from './pass.js';
import type { Peers, Vote } from './peers.js';

/** A pass, who runs it, and why not a better one. */
export interface Chosen<Pass> {
  readonly pass: Pass;
  readonly engine: EngineName;
  readonly reason: string;
}

interface Question<Pass> {
  /** For messages: `'train'`. */
  readonly what: string;
  readonly device: Device | undefined;
  /** Whether an engine of that kind may be asked. */
  readonly asks: (engine: Engine) => boolean;
  /** Whether an engine that was asked for by name may leave it to the next one. */
  readonly mayYield: (engine: Engine) => boolean;
  readonly ask: (engine: Engine) => Decision<Pass>;
}

/** The engines that there are, the best first; the last one takes everything. */
export const makeEngines = (): Engine[] => [
  new GraphEngine(),
  new FusedEngine(),
  new EagerEngine(),
];

const isFor = ({ deviceType }: Engine, device: Device | undefined): boolean =>
  deviceType === undefined || device === undefined || deviceType === device.type;

// Why several processes do not all take the engine that one of them would.
function whyNotTogether(votes: readonly Vote[]): string | undefined {
  const [first] = votes as readonly [Vote, ...Vote[]];
  if (votes.some(({ engine }) => engine !== first.engine)) {
    const rank = votes.findIndex(({ engine }) => engine === 'eager');
    return `rank ${rank}: ${votes[rank]!.reason}`;
  }
  const rank = votes.findIndex(({ variant }) => variant !== first.variant);
  if (rank < 0) return undefined;
  return `the ranks would compute differently: ${first.variant} on rank 0, ${votes[rank]!.variant} on rank ${rank}`;
}

/** The one place that decides who trains and who evaluates, that refuses, and that says why. */
export class Engines {
  readonly #choice: EngineChoice;
  readonly #engines: readonly Engine[];
  readonly #residents = new Map<LaterBatches, Resident>();

  constructor(choice: EngineChoice = 'auto', engines: readonly Engine[] = makeEngines()) {
    this.#choice = choice;
    this.#engines = engines;
  }

  /** @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` for an engine asked for by name that is for another device. */
  requireDevice(what: string, device: Device): void {
    const named = this.#engines.find(({ name }) => name === this.#choice);
    if (named?.deviceType === undefined || device.type === named.deviceType) return;
    throw refusal(what, named.name, `the device is not ${deviceWords[named.deviceType]}`);
  }

  /** Who trains the next pass. @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` for an engine asked for by name. */
  training(task: TrainingTask): Chosen<TrainingPass> {
    const { device } = task;
    const asks = (): boolean => true;
    const batches = this.#resident(task.batches, device, asks);
    return this.#choose({
      what: 'train',
      device,
      asks,
      mayYield: ({ yields }) => yields,
      ask: (engine) => engine.planTraining({ ...task, batches }),
    });
  }

  /**
   * Who trains the next pass, where several processes share it: the same engine on all of them, or libtorch's operators.
   * @throws {TorchError} As {@link training}, on all ranks; `ERR_DISTRIBUTED_MISMATCH`.
   */
  async trainingTogether(
    task: TrainingTask,
    peers: Peers,
    { signal, keeper }: PassWatch,
  ): Promise<Chosen<TrainingPass>> {
    const mayInterrupt = signal !== undefined || keeper?.isTimed === true;
    let own: Chosen<TrainingPass> | undefined;
    try {
      const votes = await peers.vote(() => {
        own = this.training(task);
        const { engine, reason, pass } = own;
        return {
          engine,
          reason: pass.reason || reason,
          variant: pass.variant,
          choice: this.#choice,
          batches: lengthOf(task.batches),
          mayInterrupt,
        };
      }, signal);
      const reason = whyNotTogether(votes);
      if (reason === undefined) return own!;
      own!.pass.dispose();
      return this.#eager(task, reason);
    } catch (error) {
      own?.pass.dispose();
      throw error;
    }
  }

  // The last engine takes everything.
  #eager(task: TrainingTask, reason: string): Chosen<TrainingPass> {
    const last = this.#engines.at(-1)!;
    const decision = last.planTraining(task);
    if ('reason' in decision) throw new Error(decision.reason);
    return { pass: decision.plan, engine: last.name, reason };
  }

  /**
   * Who evaluates.
   * @param trainedBy - Where it belongs to a training: who trained. An engine that pays only in several passes
   *   evaluates what it trained; alone it has to be asked for by name.
   */
  evaluation(task: EvaluationTask, trainedBy?: EngineName): Chosen<EvaluationPass> {
    const { device } = task;
    const by = trainedBy ?? this.#choice;
    const asks = ({ name, isForPasses }: Engine): boolean => !isForPasses || name === by;
    const isOfTraining = trainedBy !== undefined;
    const batches = this.#resident(task.batches, device, isOfTraining ? () => true : asks);
    return this.#choose({
      what: 'evaluate',
      device,
      asks,
      mayYield: ({ yields }) => isOfTraining && yields,
      ask: (engine) => engine.planEvaluation({ ...task, batches }),
    });
  }

  // The engines that the choice and a device leave.
  #open(device: Device | undefined, asks: (engine: Engine) => boolean): Engine[] {
    const last = this.#engines.at(-1);
    return this.#engines.filter(
      (engine) =>
        engine === last ||
        ((this.#choice === 'auto' || this.#choice === engine.name) &&
          isFor(engine, device) &&
          asks(engine)),
    );
  }

  #choose<Pass>({ what, device, asks, mayYield, ask }: Question<Pass>): Chosen<Pass> {
    if (device !== undefined) this.requireDevice(what, device);
    let reason = 'asked for';
    for (const engine of this.#open(device, asks)) {
      const { name } = engine;
      const isNamed = this.#choice === name;
      let decision: Decision<Pass>;
      try {
        decision = ask(engine);
      } catch (error) {
        reason = unavailable(error);
        if (isNamed) throw refusal(what, name, reason);
        continue;
      }
      if ('plan' in decision) return { pass: decision.plan, engine: name, reason };
      reason = decision.reason;
      if (isNamed && !mayYield(engine)) throw refusal(what, name, reason);
    }
    throw new Error('the last engine takes everything');
  }

  // One copy of the data on the GPU for all passes, instead of one of each batch, where steps may be captured.
  #resident(
    batches: LaterBatches,
    device: Device | undefined,
    asks: (engine: Engine) => boolean,
  ): LaterBatches {
    const isWanted = this.#open(device, asks).some(({ isForPasses }) => isForPasses);
    if (device === undefined || !isWanted) return batches;
    const resident = this.#residents.get(batches) ?? residentOn(batches, device);
    this.#residents.set(batches, resident);
    return resident.batches;
  }

  dispose(): void {
    for (const engine of this.#engines) engine.dispose();
    for (const resident of this.#residents.values()) resident.dispose();
    this.#residents.clear();
  }
}
