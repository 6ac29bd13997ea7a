// A contender's side of bench/contender.js.
import { createInterface } from 'node:readline';

const answer = (values) => console.log(JSON.stringify(values));

/**
 * Says that all is ready; then, for each line that comes, works and prints one line of JSON: the
 * seconds that it took, and what `work` returns, which may have seconds of its own.
 * @param besides - What else to tell of a round; it takes none of its time.
 */
export async function rounds(work, besides = () => ({})) {
  answer({ ready: true });
  for await (const _ of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const result = await work();
    const seconds = (performance.now() - start) / 1000;
    answer({ seconds, ...result, ...besides() });
  }
}
