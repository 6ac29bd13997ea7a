// The state of the training, and what can be done with it.
import type { Progress, RunState, Summary } from './contract.js';
import { h, say } from './dom.js';
import { count, duration, percent } from './numbers.js';
import { runPath } from './source.js';
import type { Store } from './store.js';

const states: Readonly<Record<RunState, string>> = {
  training: 'training',
  stopping: 'stops after this step',
  stopped: 'stopped',
  finished: 'finished',
  failed: 'failed',
  elsewhere: 'written by another process',
};

const facts = ['State', 'Epoch', 'Step', 'Images/s', 'Time left', 'Test accuracy'] as const;

export function statusPanel(store: Store): HTMLElement {
  const values = facts.map(() => h('dd'));
  const bar = h('i');
  const progress = h('div', { class: 'progress', 'aria-hidden': 'true' }, bar);
  const engine = h('p', { class: 'engine' });
  const news = h('p', { class: 'unseen', role: 'status' });
  const controls = buttons(store);
  let announced = '';

  const update = (): void => {
    const { chosen } = store;
    controls.element.hidden = chosen === undefined;
    if (chosen === undefined) return;
    const { summary, detail } = chosen;
    const now = detail?.progress ?? undefined;
    const texts = factsOf(summary, now);
    values.forEach((place, i) => {
      say(place, texts[i]!);
    });
    values[0]!.dataset.state = summary.state;
    bar.style.width = `${100 * doneOf(summary, now)}%`;
    say(engine, engineText(now, detail?.message));
    controls.update(summary);
    // Once per epoch and per change of state: not at each step.
    const text = `${summary.name} ${states[summary.state]}, epoch ${summary.epoch} of ${summary.epochs}, test accuracy ${percent(summary.testAcc)}`;
    if (text !== announced) say(news, text);
    announced = text;
  };
  store.on(['runs', 'losses', 'epoch', 'chosen'], update);
  return h(
    'div',
    { class: 'status' },
    progress,
    h(
      'dl',
      { class: 'facts' },
      ...facts.map((name, i) => h('div', {}, h('dt', {}, name), values[i]!)),
    ),
    engine,
    controls.element,
    news,
  );
}

function factsOf(summary: Summary, now: Progress | undefined): string[] {
  const isOn = summary.state === 'training' || summary.state === 'stopping';
  const { step, steps, imagesPerSecond, secondsLeft } = now ?? {};
  const { epochs } = summary;
  const epoch = isOn ? (now?.epoch ?? summary.epoch) : summary.epoch;
  return [
    states[summary.state] ?? summary.state,
    `${epoch} of ${epochs}`,
    step === undefined || !steps ? '–' : `${count(step)} of ${count(steps * epochs)}`,
    count(imagesPerSecond),
    isOn ? duration(secondsLeft) : '–',
    percent(summary.testAcc, 2),
  ];
}

function doneOf(summary: Summary, now: Progress | undefined): number {
  const { epoch, epochs, state } = summary;
  if (state === 'finished') return 1;
  if (epochs <= 0) return 0;
  const within = now && now.steps > 0 ? now.step / (now.steps * epochs) : 0;
  return Math.min(1, Math.max(epoch / epochs, within));
}

function engineText(now: Progress | undefined, message: string | null | undefined): string {
  const { engine, engineReason, device } = now ?? {};
  const parts = [
    engine ? `Engine: ${engine}${engineReason ? ` (${engineReason})` : ''}` : '',
    device ? `on ${device}` : '',
  ];
  const text = parts.filter((part) => part !== '').join(', ');
  return [text, message ?? ''].filter((part) => part !== '').join('. ');
}

function buttons(store: Store): { element: HTMLElement; update: (summary: Summary) => void } {
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const order = async (rest: string, body?: object): Promise<void> => {
    say(trouble, '');
    try {
      // What comes of it is in the stream of events, which may be ahead of this answer.
      await store.source.order('POST', runPath(store.run, rest), body);
    } catch (error) {
      say(trouble, (error as Error).message);
    }
  };
  const more = h('input', { type: 'number', min: 1, max: 10000, value: 5, 'aria-label': 'epochs' });
  const stop = h(
    'button',
    { type: 'button', onclick: () => order('/stop') },
    'Stop after this step',
  );
  const resume = h('button', { type: 'button', onclick: () => order('/continue') }, 'Continue');
  const extend = h('button', { type: 'submit' }, 'more epochs');
  const extension = h(
    'form',
    {
      class: 'more',
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void order('/continue', { epochs: more.valueAsNumber });
      },
    },
    more,
    extend,
  );
  const update = ({ state, writable, epoch, epochs }: Summary): void => {
    const isOn = state === 'training' || state === 'stopping';
    stop.disabled = state !== 'training';
    resume.disabled = isOn || epoch >= epochs;
    extend.disabled = state === 'stopping';
    element.hidden = !writable;
  };
  const element = h('div', { class: 'controls', hidden: true }, stop, resume, extension, trouble);
  return { element, update };
}
