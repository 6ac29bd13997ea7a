// The picture that the network is shown: a test image, or what is painted.
import { type Brush, inkBox, type Pixels, stroke, toImage } from './brush.js';
import { choices, h, say } from './dom.js';
import { testImage } from './look.js';
import type { Store } from './store.js';

// An empty canvas has this many pixels a side, whatever the network takes: it is scaled as files are.
const canvasSide = 112;
// Black around what is cut out: so that the server sees which colour is the ground.
const rim = 2;

type Tool = 'paint' | 'erase';
type Ground = 'image' | 'black' | 'white';

export class Painter {
  readonly element: HTMLElement;
  private readonly canvas = h('canvas', {
    class: 'canvas',
    width: 28,
    height: 28,
    tabindex: 0,
    role: 'img',
  });
  private readonly title = h('p', { class: 'what', 'aria-live': 'polite' });
  private pixels: Pixels = { data: new Uint8Array(784), channels: 1, rows: 28, columns: 28 };
  private ground: Ground = 'image';
  private index: number | undefined;
  private tool: Tool = 'paint';
  private size = 1;
  private last: readonly [number, number] | undefined;
  // Where the keyboard paints.
  private key: [number, number] = [14, 14];

  constructor(private readonly store: Store) {
    const { canvas } = this;
    const button = (text: string, onclick: () => void, title: string): HTMLButtonElement =>
      h('button', { type: 'button', onclick, title }, text);
    const size = h('input', {
      type: 'range',
      min: 0.5,
      max: 4,
      step: 0.25,
      value: this.size,
      'aria-label': 'size of the brush',
      oninput: () => {
        this.size = size.valueAsNumber;
      },
    });
    const tools = { paint: 'Paint', erase: 'Erase' };
    const images = h(
      'div',
      { class: 'row' },
      button('‹', () => this.step(-1), 'the test image before'),
      button('Another garment', () => this.any(), 'any test image'),
      button('›', () => this.step(1), 'the next test image'),
    );
    const painting = h(
      'div',
      { class: 'painting' },
      h(
        'div',
        { class: 'row' },
        choices('Brush', 'tool', tools, this.tool, (tool) => {
          this.tool = tool;
        }),
        size,
      ),
      h(
        'div',
        { class: 'row' },
        button('Black canvas', () => this.empty('black'), 'an empty canvas, to be painted white'),
        button('White canvas', () => this.empty('white'), 'an empty canvas, to be painted black'),
        button('Undo all', () => this.reset(), 'as it was before it was painted on'),
      ),
    );
    painting.hidden = store.source.isSaved;
    this.element = h('div', { class: 'painter' }, canvas, this.title, images, painting);
    if (!store.source.isSaved) this.listen();
    canvas.setAttribute('aria-label', 'the picture that the network is shown');
  }

  /** Shows a test image. */
  async show(index: number): Promise<void> {
    let image: Awaited<ReturnType<typeof testImage>>;
    try {
      image = await testImage(this.store, index);
    } catch (error) {
      say(this.title, (error as Error).message);
      return;
    }
    const [channels = 1, rows = 1, columns = 1] =
      image.shape.length === 3 ? image.shape : [1, ...image.shape];
    const data = Uint8Array.from(image.pixels, (value) => Math.round(255 * value));
    this.pixels = { data, channels, rows, columns };
    this.ground = 'image';
    this.index = index;
    this.store.label = image.label;
    this.changed(false);
  }

  private any(): void {
    const { known } = this;
    const choice = known[Math.floor(Math.random() * known.length)];
    const most = this.store.detail?.images ?? 10_000;
    void this.show(choice ?? Math.floor(Math.random() * most));
  }

  private step(by: number): void {
    const { known, index = 0 } = this;
    const most = this.store.detail?.images ?? 10_000;
    const at = known.indexOf(index);
    void this.show(
      known.length > 0
        ? known[(at + by + known.length) % known.length]!
        : (index + by + most) % most,
    );
  }

  // A saved file has a few images; a server has all.
  private get known(): readonly number[] {
    return this.store.source.images;
  }

  private empty(ground: 'black' | 'white'): void {
    const data = new Uint8Array(canvasSide * canvasSide).fill(ground === 'white' ? 255 : 0);
    this.pixels = { data, channels: 1, rows: canvasSide, columns: canvasSide };
    this.ground = ground;
    this.index = undefined;
    this.key = [canvasSide / 2, canvasSide / 2];
    this.store.label = undefined;
    this.changed(false);
  }

  private reset(): void {
    if (this.ground === 'image') void this.show(this.index ?? 0);
    else this.empty(this.ground);
  }

  private listen(): void {
    const { canvas } = this;
    const place = (event: PointerEvent): readonly [number, number] => {
      const box = canvas.getBoundingClientRect();
      return [
        ((event.clientX - box.left) / box.width) * this.pixels.columns,
        ((event.clientY - box.top) / box.height) * this.pixels.rows,
      ];
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.stroke(place(event), event.button === 2);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.last === undefined) return;
      // A fast hand is between two frames at more than one place.
      for (const each of event.getCoalescedEvents?.() ?? []) {
        this.stroke(place(each), (event.buttons & 2) !== 0);
      }
      this.stroke(place(event), (event.buttons & 2) !== 0);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(end, () => {
        this.last = undefined;
      });
    }
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('keydown', (event) => this.press(event));
    canvas.addEventListener('blur', () => this.draw());
    canvas.addEventListener('focus', () => this.draw());
  }

  // Arrows move, space paints, x erases.
  private press(event: KeyboardEvent): void {
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const step = this.pixels.columns / 28;
    const move = moves[event.key];
    if (move !== undefined) {
      const clamp = (value: number, most: number): number =>
        Math.min(most - 0.5, Math.max(0.5, value));
      this.key = [
        clamp(this.key[0] + step * move[0], this.pixels.columns),
        clamp(this.key[1] + step * move[1], this.pixels.rows),
      ];
      this.draw();
    } else if (event.key === ' ' || event.key === 'x') {
      this.stroke(this.key, event.key === 'x');
      this.last = undefined;
    } else return;
    event.preventDefault();
  }

  private stroke(to: readonly [number, number], isErasing: boolean): void {
    const ink = this.ground === 'white' ? 0 : 255;
    const erases = isErasing || this.tool === 'erase';
    const brush: Brush = {
      radius: this.size * (this.pixels.columns / 28),
      value: erases ? 255 - ink : ink,
    };
    stroke(this.pixels, this.last ?? to, to, brush);
    this.last = to;
    this.changed(true);
  }

  private draw(): void {
    const { canvas, pixels } = this;
    canvas.width = pixels.columns;
    canvas.height = pixels.rows;
    const context = canvas.getContext('2d')!;
    context.putImageData(toImage(pixels), 0, 0);
    if (document.activeElement !== canvas || !canvas.matches(':focus-visible')) return;
    const unit = pixels.columns / 28;
    context.strokeStyle = '#e69f00';
    context.lineWidth = unit / 4;
    context.strokeRect(this.key[0] - unit / 2, this.key[1] - unit / 2, unit, unit);
  }

  private changed(isPainted: boolean): void {
    this.draw();
    const { index, ground, store } = this;
    const { classes = [] } = store.detail ?? {};
    const name = store.label === undefined ? '' : (classes[store.label] ?? String(store.label));
    const text =
      ground === 'image'
        ? `Test image ${index}: ${name}${isPainted ? ', painted on' : ''}`
        : 'Your own picture';
    say(this.title, text);
    if (ground === 'image') {
      // A copy: strokes go on while it travels.
      const body = this.pixels.data.slice();
      store.picture = { body, index: isPainted ? undefined : index };
      store.tell('picture');
    } else this.send();
  }

  // What is painted is cut out, and the server scales and centres it, as it does with files.
  private send(): void {
    const { pixels, store } = this;
    const ground = this.ground === 'white' ? 255 : 0;
    const box = inkBox(pixels, ground) ?? {
      left: 0,
      top: 0,
      right: canvasSide,
      bottom: canvasSide,
    };
    const [width, height] = [box.right - box.left + 2 * rim, box.bottom - box.top + 2 * rim];
    const cut = h('canvas', { width, height });
    const context = cut.getContext('2d')!;
    context.fillStyle = ground === 255 ? '#fff' : '#000';
    context.fillRect(0, 0, width, height);
    const [dx, dy] = [rim - box.left, rim - box.top];
    const [w, t] = [box.right - box.left, box.bottom - box.top];
    context.putImageData(toImage(pixels), dx, dy, box.left, box.top, w, t);
    cut.toBlob((body) => {
      if (body === null || this.ground === 'image') return;
      store.picture = { body, index: undefined };
      store.tell('picture');
    }, 'image/png');
  }
}
