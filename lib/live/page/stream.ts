// The event stream: what it brings goes into the store. EventSource reconnects by itself and tells the
// server the last event that it has seen.
import type { EpochEvent, StateEvent, StepsEvent } from './contract.js';
import { read, thin } from './numbers.js';
import type { Run, Store } from './store.js';

// Points that a curve holds on to: a multiple of what a screen shows.
const mostPoints = 6000;

/** Fills the store: a stream begins with `reset`, which asks for all that there is; events follow. */
export function follow(store: Store): void {
  if (store.source.isSaved) {
    void store.load();
    return;
  }
  const stream = new EventSource('/api/events');
  const on = <T>(name: string, take: (event: T) => void): void =>
    stream.addEventListener(name, (event) => {
      const told = JSON.parse((event as MessageEvent).data) as T;
      // After what is being loaded, which may be older.
      void store.loading.then(() => take(told));
    });

  const connection = (state: 'open' | 'lost'): void => {
    if (store.connection === state) return;
    store.connection = state;
    store.tell('connection');
  };
  stream.addEventListener('open', () => connection('open'));
  stream.addEventListener('error', () => {
    connection('lost');
    // A server that answers something else ends the stream for good; a browser then tries no more.
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(store), 2000);
    }
  });
  on<StepsEvent>('steps', (event) => takeSteps(store, event));
  on<EpochEvent>('epoch', (event) => takeEpoch(store, event));
  on<StateEvent>('state', (event) => takeState(store, event));
  const reload = (): void => void store.load().catch(() => connection('lost'));
  on('runs', reload);
  on('reset', reload);
}

function takeSteps(store: Store, event: StepsEvent): void {
  const run = store.runs.get(event.run);
  if (run === undefined) return;
  const last = run.losses.at(-1)?.[0] ?? -1;
  event.steps.forEach((step, i) => {
    // What was asked for and what was sent may overlap.
    if (step > last) run.losses.push([step, read(event.losses[i])]);
  });
  if (run.losses.length > mostPoints) run.losses = thin(run.losses, mostPoints / 2);
  const { progress } = run.detail ?? {};
  if (run.detail && progress) {
    const { epoch, step, secondsLeft = null } = event;
    // An epoch's first steps have no speed yet.
    const imagesPerSecond = event.imagesPerSecond ?? progress.imagesPerSecond ?? null;
    run.detail = {
      ...run.detail,
      progress: { ...progress, epoch, step, imagesPerSecond, secondsLeft },
    };
  }
  store.tell('losses');
}

function takeEpoch(store: Store, event: EpochEvent): void {
  const run = store.runs.get(event.run);
  if (run?.detail === undefined) return;
  const { run: _, kept, ...epoch } = event;
  const { loss, trainAcc = null, testAcc = null } = epoch;
  run.summary = { ...run.summary, epoch: epoch.epoch, loss, trainAcc, testAcc };
  const history = [...run.detail.history.filter((each) => each.epoch < epoch.epoch), epoch];
  run.detail = { ...run.detail, kept, history };
  // Which engine it is shows with the first steps.
  if (!run.detail.progress?.engine) void store.load().catch(() => {});
  store.tell('epoch');
}

function takeState(store: Store, event: StateEvent): void {
  if (!store.runs.has(event.run)) return;
  const { run: name, ...summary } = event;
  const run: Run = store.meet({ ...summary, name });
  if (run.detail !== undefined) run.detail = { ...run.detail, ...summary, name };
  // A run that had only begun said little of itself.
  if (!run.detail?.images) void store.load().catch(() => {});
  store.tell('runs');
}
