import { type Count, Counter, Gauge, Histogram, metricsText } from './metrics.js';

// Seconds; a lone request takes below a millisecond.
const latencies = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What a service counts, for `GET /metrics`. */
export class Measures {
  readonly #requests = new Counter('lenet_torch_requests_total', 'Requests by path and status.');
  readonly #failures = new Counter('lenet_torch_failures_total', 'Failures of the server by code.');
  readonly #images = new Counter('lenet_torch_images_total', 'Images that were computed.');
  readonly #computed = this.#images.of({});
  readonly #latency = new Histogram(
    'lenet_torch_request_seconds',
    'Time from a request to its answer, of those that compute.',
    latencies,
  );
  readonly #batches = new Histogram(
    'lenet_torch_batch_images',
    'Images that were computed together.',
    sizes,
  );
  readonly #queue: Gauge;
  readonly #memory = new Gauge('process_resident_memory_bytes', 'Resident memory in bytes.', () =>
    process.memoryUsage.rss(),
  );
  // By path and status.
  readonly #answers = new Map<string, Count[]>();

  /** @param waiting - How many images wait. */
  constructor(waiting: () => number) {
    this.#queue = new Gauge('lenet_torch_queue_images', 'Images that wait.', waiting);
  }

  onBatch(images: number): void {
    this.#batches.observe(images);
    this.#computed.value += images;
  }

  onAnswer(path: string, status: number, ms: number): void {
    const counts = this.#countsOf(path);
    counts[status] ??= this.#requests.of({ path, status: String(status) });
    counts[status].value++;
    if (path === 'predict' || path === 'infer') this.#latency.observe(ms / 1000);
  }

  #countsOf(path: string): Count[] {
    let counts = this.#answers.get(path);
    if (counts === undefined) {
      counts = [];
      this.#answers.set(path, counts);
    }
    return counts;
  }

  onFailure(error: unknown): void {
    const { code } = (error ?? {}) as { code?: unknown };
    this.#failures.of({ code: typeof code === 'string' ? code : 'none' }).value++;
  }

  text(): string {
    return metricsText([
      this.#requests,
      this.#failures,
      this.#images,
      this.#latency,
      this.#batches,
      this.#queue,
      this.#memory,
    ]);
  }
}
