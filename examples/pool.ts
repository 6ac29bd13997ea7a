// A pool of workers that predict: the network's JavaScript and the decoding of images leave the main thread alone.
// Run: npm run example -- pool [workers [images]]
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as torch from 'lenet-torch';

/** Bytes 0–255 of images, 784 each. What is transferred is not copied. */
type Ask = { id: number; pixels: Uint8Array<ArrayBuffer> };
type Answer = { id: number; classes: number[] };

async function answerAll(): Promise<void> {
  const port = parentPort!;
  const net = new torch.LeNet();
  net.loadStateDict(await torch.load(workerData.weights));
  port.on('message', async ({ id, pixels }: Ask) => {
    const logits = await torch.predict(net, pixels);
    // Numbers, not the tensor, whose memory belongs to this thread.
    port.postMessage({ id, classes: logits.argmax(1).tolist() as number[] } satisfies Answer);
    logits.dispose();
  });
}

class Pool {
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(size: number, weights: string) {
    this.#idle = Array.from(
      { length: size },
      () => new Worker(new URL(import.meta.url), { workerData: { weights } }),
    );
  }

  async predict(id: number, pixels: Ask['pixels']): Promise<Answer> {
    const worker =
      this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    worker.postMessage({ id, pixels } satisfies Ask, [pixels.buffer]);
    const [answer] = (await once(worker, 'message')) as [Answer];
    const next = this.#waiting.shift();
    if (next) next(worker);
    else this.#idle.push(worker);
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }
}

async function main(size: number, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lenet-pool-'));
  const weights = join(folder, 'lenet.safetensors');
  torch.manualSeed(0);
  const net = new torch.LeNet();
  await torch.save(net.stateDict(), weights);

  const pool = new Pool(size, weights);
  const images = torch.randint(0, 256, [count, 28 * 28], { dtype: 'uint8' });
  const begun = performance.now();
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      pool.predict(i, new Uint8Array(images.select(0, i).data() as Uint8Array)),
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  await pool.close();
  rmSync(folder, { recursive: true });

  const here = (await torch.predict(net, images.data() as Uint8Array)).argmax(1).tolist();
  const same = answers.every(({ id, classes: [found] }) => found === (here as number[])[id]);
  console.log(`${count} images by ${size} workers in ${seconds.toFixed(1)} s, as here: ${same}`);
}

if (isMainThread) {
  const [size = 2, count = 1000] = process.argv.slice(2).map(Number);
  await main(size, count);
} else await answerAll();
