import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';

import type { LivePage } from '../../live/live.js';
import type { Torch } from '../torch.js';
import type { TrainOptions } from './options.js';
import type { Team } from './team.js';

/** `--live` and `--live-host`. */
export function addLiveOptions(command: Command): Command {
  return command
    .option(
      '--live [port]',
      'show the training on a page, and keep it in a run (default port: one that is free)',
      livePort,
    )
    .option('--live-host <name>', 'name or address that the page listens on (default: 127.0.0.1)');
}

function livePort(text: string): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value < 65_536) return value;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

/**
 * Opens the page that `--live` asks for, before anything is trained, and says on stderr where it is. A training that no
 * folder is named for is then kept in a temporary one.
 *
 * @returns `undefined` without the option.
 * @throws {TorchError} As `live`.
 */
export async function openPage(
  torch: Torch,
  options: TrainOptions,
  command: Command,
  team: Team | undefined,
): Promise<LivePage | undefined> {
  const { live, liveHost: host } = options;
  if (live === undefined) {
    if (host !== undefined) command.error("error: option '--live-host <name>' needs '--live'");
    return undefined;
  }
  if (team !== undefined) {
    command.error("error: option '--live' is for one process, and several train here");
  }
  const port = live === true ? 0 : live;
  const page = await torch.live({ port, ...(host !== undefined && { host }) });
  try {
    if (options.out === undefined && options.resume === undefined) {
      options.out = await mkdtemp(join(tmpdir(), 'lenet-torch-run-'));
      console.error(
        `lenet-torch: the run is kept in ${options.out}. To keep it elsewhere: --out DIR`,
      );
    }
    console.error(`lenet-torch: live page: ${page.address}`);
    return page;
  } catch (error) {
    await page.close();
    throw error;
  }
}
