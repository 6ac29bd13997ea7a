import { lookup } from 'node:dns/promises';

/** Where the ranks meet. */
interface MeetingPlace {
  readonly host: string;
  readonly port: number;
  readonly rank: number;
  readonly isStoreServed: boolean;
}

/**
 * What is likely behind a rank that waited in vain for the others; '' where nothing speaks for more than the general
 * cause. Names are looked up only now: that of a pod may come later than its processes.
 */
export async function whyNotMet(
  error: unknown,
  { host, port, rank, isStoreServed }: MeetingPlace,
): Promise<string> {
  const { code } = error as { code?: unknown };
  if (host === '' || code !== 'ERR_DISTRIBUTED_TIMEOUT') return '';
  try {
    await lookup(host);
  } catch (problem) {
    return `Likely: ${host} is no name of a host that this one knows (${(problem as NodeJS.ErrnoException).code})`;
  }
  return rank === 0 && !isStoreServed
    ? `Likely: the others were not started, or do not reach port ${port} of this host; \`npx lenet-torch doctor\`, started in place of the training, looks`
    : `Likely: rank 0 was not started, has ended, is not reached at port ${port} of ${host}, or another program listens there; \`npx lenet-torch doctor\`, started in place of the training, looks`;
}
