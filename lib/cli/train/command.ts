import { Command, Option } from 'commander';
import { launchedBy, writeErrorFile } from '../../distributed/environment/index.js';
import { engineChoices } from '../../engine/choice.js';
import type { EpochResult } from '../../engine/epoch.js';
import type { LivePage } from '../../live/live.js';
import type { Run } from '../../run/index.js';
import { toJson } from '../../run/json.js';
import type { Transform } from '../../transforms/transform.js';
import { carryDataSet, type OpenedSet, openDataSet, refuseBoth } from '../dataSet/open.js';
import { dataSetOption, usualSet } from '../dataSet/option.js';
import { addLossOptions, addModelOptions, makeModel } from '../model/modelChoice.js';
import { integer } from '../options.js';
import { ensureReady } from '../setup/ready.js';
import type { Torch } from '../torch.js';
import { trainingBar } from './bar.js';
import { keepWeights, rescue, takeAway } from './ended.js';
import { interruptible } from './interrupt.js';
import { addLiveOptions, openPage } from './live.js';
import { cadence, deviceName, learningRate, seconds, seed, type TrainOptions } from './options.js';
import { lookCommand, openRun, progressOf, resumeCommand } from './run.js';
import { joinTeam, type Team } from './team.js';

/** `lenet-torch train`: prints the chapter's lines on stdout, everything else on stderr. */
export function command(): Command {
  const made = addLossOptions(addModelOptions(new Command('train')))
    .description('train LeNet, on Fashion-MNIST or other images, and print one line per epoch')
    .option('--epochs <n>', 'passes over the training images', integer(0), 5)
    .option('--batch-size <n>', 'images per step', integer(1), 256)
    .option('--lr <rate>', "Adam's learning rate (default: 0.001, LeNet-5's 0.003)", learningRate)
    .option('--device <name>', 'auto, cpu, cuda or cuda:NUMBER', deviceName, 'auto')
    .addOption(
      new Option('--engine <name>', 'who runs the steps').choices(engineChoices).default('auto'),
    )
    .option('--seed <n>', 'seed of all random numbers (default: a new one each time)', seed)
    .option('--threads <n>', 'threads on the CPU (default: one per core)', integer(1, 1024))
    .addOption(dataSetOption(usualSet).default(usualSet, ''))
    .option('--data <dir>', 'folder with the four IDX files (default: what setup brought)')
    .option('--limit-train <n>', 'use the first n training images only', integer(1))
    .option('--limit-test <n>', 'use the first n test images only', integer(1))
    .option('--out <dir>', 'new folder to keep the run in, so that it can be resumed')
    .addOption(
      new Option('--resume <dir>', 'go on with the run in this folder, as it was begun').conflicts(
        'out',
      ),
    )
    .option(
      '--checkpoint-every <when>',
      'epoch, or also every so many steps or seconds: 500steps, 30s (default: epoch)',
      cadence,
    )
    .option(
      '--timeout <seconds>',
      'how long a step waits for the other processes, where there are some',
      seconds,
      30,
    )
    .option('--init-timeout <seconds>', 'the same for the first meeting and step', seconds, 300)
    .option('-y, --yes', 'download what is missing without asking')
    .option('--quiet', 'print nothing but errors')
    .option('--json', 'print one JSON object per line');
  return addLiveOptions(made).action(run);
}

async function run(options: TrainOptions, command: Command): Promise<void> {
  if (options.checkpointEvery && !options.out && !options.resume && options.live === undefined) {
    command.error(
      "error: option '--checkpoint-every <when>' needs '--out', '--resume' or '--live'",
    );
  }
  refuseBoth(options.dataSet, options.data, command);
  // Before anything is brought: an environment that contradicts itself is nobody's to train in.
  const launched = launchedBy();
  // A run that is resumed knows its own data.
  const data = options.data === undefined && options.resume === undefined;
  await ensureReady({ yes: options.yes, data: data && options.dataSet });
  const signal = interruptible();
  // Here and not above: help must work without libtorch.
  const torch = await import('../../index.js');
  options.seed ??= Math.floor(Math.random() * 2 ** 48);
  let team: Team | undefined;
  try {
    team = await joinTeam(torch, launched, options);
    const page = await openPage(torch, options, command, team);
    await train(torch, command, options, signal, team, page).finally(() => page?.close());
    await torch.distributed.destroyProcessGroup();
  } catch (error) {
    // The others may be waiting already.
    await team?.group.giveUp(error);
    await writeErrorFile(error);
    throw error;
  }
}

async function train(
  torch: Torch,
  command: Command,
  options: TrainOptions,
  signal: AbortSignal,
  team: Team | undefined,
  page: LivePage | undefined,
): Promise<void> {
  const kept = await openRun(torch, command, options, team?.group);
  const threads = options.threads ?? team?.threads;
  if (threads !== undefined) torch.setNumThreads(threads);
  torch.manualSeed(options.seed!);
  const isFirst = team === undefined || team.group.rank === 0;
  const processes = team?.group.size ?? 1;
  const device = options.device === 'auto' ? autoDevice(torch, team) : options.device;
  const dataSet = await openDataSet(torch, options.dataSet, options.data);
  const { net, ...model } = await makeModel(torch, options, command, dataSet.classes.length);
  carryDataSet(net, options.dataSet, dataSet.classes);
  const [trainIter, testIter] = await loaders(torch, dataSet, options, net.transform(), team);
  // Its gradients are averaged where it is when it is shared.
  if (team !== undefined) net.to(device);
  const trained =
    team === undefined
      ? net
      : new torch.nn.parallel.DistributedDataParallel(net, { processGroup: team.group });
  const { lr = model.lr } = options;
  const optimizer = new torch.optim.Adam(net.parameters(), { lr });
  const { epochs, batchSize, engine } = options;
  const emit = (event: string, values: object): void => {
    if (options.json && !options.quiet) console.log(toJson({ event, ...values }));
  };
  const bar = trainingBar(process.stderr, options.quiet ? 0 : trainIter.dataset.length);
  const plain = !options.json && !options.quiet;
  emit('start', {
    model: options.model,
    dataSet: options.dataSet,
    device,
    epochs,
    batchSize,
    lr,
    seed: String(options.seed),
    threads: torch.getNumThreads(),
    ...(team && { processes }),
    trainImages: trainIter.dataset.length,
    testImages: testIter.dataset.length,
    run: kept?.dir ?? null,
    step: kept?.step ?? 0,
    version: torch.version,
    libtorch: torch.libtorchVersion,
  });
  if (options.resume !== undefined && kept !== undefined && !options.quiet) {
    console.error(`lenet-torch: ${progressOf(kept, epochs)}`);
  }
  let done: EpochResult | undefined;
  let hasLearnt = false;
  const keep = (interrupted: boolean) =>
    done && isFirst
      ? keepWeights(torch, { net, last: done, interrupted, run: kept?.dir }, options)
      : undefined;
  const trainTo = async (numEpochs: number, run: Run | undefined): Promise<void> => {
    const { epochs: results } = await torch.train(
      trained,
      trainIter,
      testIter,
      batchSize,
      optimizer,
      device,
      numEpochs,
      {
        engine,
        signal,
        ...(run && { run }),
        ...(page && { live: page }),
        log: plain
          ? (line) => {
              bar.clear();
              console.log(line);
            }
          : null,
        // Of all processes, which are as far as this one.
        onProgress: (progress) => {
          hasLearnt = true;
          bar.update({ ...progress, images: progress.images * processes });
        },
        onEpoch: (result: EpochResult) => {
          done = result;
          emit('epoch', result);
        },
      },
    );
    const last = results.at(-1);
    bar.clear();
    const weights = await keep(false);
    emit('end', {
      epochs: results.length,
      loss: last?.loss ?? null,
      testAcc: last?.testAcc ?? null,
      seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
      weights: weights ?? null,
    });
  };
  try {
    await trainTo(epochs, kept);
    if (page !== undefined && kept !== undefined) {
      await trainMore(page, signal, trainTo, options, kept.dir);
    }
  } catch (error) {
    bar.clear();
    // Among processes any of them may be interrupted.
    if (error !== signal.reason && (error as Error).name !== 'AbortError') {
      if (kept !== undefined && isFirst) {
        if (done !== undefined)
          await rescue(torch, { net, last: done, interrupted: true }, error, options);
        else if (!hasLearnt && options.resume === undefined) await takeAway(kept.dir);
      }
      throw error;
    }
    await keep(true);
    const goOn = kept === undefined ? '' : `. To go on: ${resumeCommand(kept.dir)}`;
    throw new torch.TorchError(
      'ERR_ABORTED',
      `interrupted: training stopped after the current step${goOn}`,
    );
  } finally {
    bar.clear();
  }
}

// As long as pages are open: somebody may ask for more.
async function trainMore(
  page: LivePage,
  signal: AbortSignal,
  trainTo: (numEpochs: number, run: Run) => Promise<void>,
  { quiet }: TrainOptions,
  dir: string,
): Promise<void> {
  for (;;) {
    if (page.pages > 0 && !quiet) {
      console.error('lenet-torch: training is done. The page stays until it is closed, or Ctrl-C');
    }
    const more = await page.moreEpochs(signal);
    if (more === undefined) {
      if (!quiet)
        console.error(`lenet-torch: the page has ended. To see it again: ${lookCommand(dir)}`);
      return;
    }
    await trainTo(more.epochs, more.run);
  }
}

function autoDevice(torch: Torch, team: Team | undefined): string {
  return team === undefined && torch.cuda.isAvailable() ? 'cuda' : 'cpu';
}

async function loaders(
  torch: Torch,
  opened: OpenedSet,
  options: TrainOptions,
  transform: Transform,
  team: Team | undefined,
) {
  const { DataLoader, DistributedSampler, Subset } = torch.data;
  const { batchSize } = options;
  const seed = options.seed!;
  const loader = async (train: boolean, limit: number | undefined) => {
    const all = await opened.load(train, transform);
    const dataset = limit === undefined ? all : new Subset(all, limit);
    if (team === undefined) return new DataLoader(dataset, { batchSize, shuffle: train });
    const { rank, size: numReplicas } = team.group;
    const sampler = new DistributedSampler(dataset, { numReplicas, rank, seed, shuffle: train });
    return new DataLoader(dataset, { batchSize, sampler });
  };
  const trainIter = await loader(true, options.limitTrain);
  return [trainIter, await loader(false, options.limitTest)] as const;
}
