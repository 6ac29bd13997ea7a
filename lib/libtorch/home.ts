import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/**
 * The user's home folder: `HOME`, else the one in the system's list of users; `undefined` where there is
 * neither, as for a number that a container was started with. An empty or relative `HOME` is none.
 */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.HOME && isAbsolute(env.HOME)) return env.HOME;
  try {
    const { homedir } = userInfo();
    return isAbsolute(homedir) ? homedir : undefined;
  } catch {
    return undefined;
  }
}

/** What a user without one is told, and what to do. */
export const noHome =
  'this user has no home folder: HOME is not set, and the list of users has no entry';
export const nameHome = 'set HOME, or XDG_CACHE_HOME, to a folder of your own';
