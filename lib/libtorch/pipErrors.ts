import { TorchError } from '../error.js';
import { megabytes } from './cache.js';
import { proxiesOf, withoutCredentials } from './redact.js';
import type { Release } from './version.js';

const again = 'then run: npx lenet-torch setup';

/** No pip, or only one that is too old (`'pip3 is pip 19.3.1'`). */
export function noPip(tooOld: string | undefined, oldest: string): TorchError {
  const without =
    'Two ways without it: set LENET_TORCH_LIBTORCH to a libtorch folder, or bring the files from ' +
    'another machine, see: npx lenet-torch setup --print-urls';
  return new TorchError(
    'ERR_NO_PIP',
    tooOld
      ? `libtorch is downloaded with pip ≥ ${oldest}, and ${tooOld}. Update it: python3 -m pip install --upgrade pip. ${without}`
      : 'libtorch is downloaded with pip, and neither python3 -m pip nor pip is there. Install it (Debian, ' +
          `Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip). ${without}`,
  );
}

/** What pip's output comes to, and whether another attempt would only repeat it. */
export function explainPip(
  output: string,
  release: Release,
  env: NodeJS.ProcessEnv = process.env,
): { error: TorchError; lasting: boolean } {
  const failure = (code: 'ERR_DOWNLOAD' | 'ERR_NO_SPACE', message: string, lasting: boolean) => ({
    error: new TorchError(code, message, { cause: withoutCredentials(output.slice(-4000)) }),
    lasting,
  });
  const torch = `torch ${release.version}`;
  if (/No space left on device|Errno 28|Disk quota exceeded/.test(output)) {
    return failure(
      'ERR_NO_SPACE',
      `the disk became full while downloading. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk, ${again}`,
      true,
    );
  }
  if (/ProxyError|Cannot connect to proxy|Tunnel connection failed/.test(output)) {
    const named = Object.entries(proxiesOf(env))
      .filter(([name]) => name.toLowerCase() !== 'no_proxy')
      .map(([name, value]) => `${name} is ${value}`);
    const where = named.length > 0 ? named.join(', ') : "see `pip config list` for pip's own";
    return failure(
      'ERR_DOWNLOAD',
      `pip cannot reach the package index through the proxy (${where}). Correct or unset it, ${again}`,
      true,
    );
  }
  if (/CERTIFICATE_VERIFY_FAILED/.test(output)) {
    return failure(
      'ERR_DOWNLOAD',
      "pip does not trust the package index's certificate: a proxy or mirror may use one of its own. Name " +
        `its certificate file in PIP_CERT, ${again}`,
      true,
    );
  }
  if (/No matching distribution|from versions:/.test(output)) {
    const reached = !/from versions: none/.test(output);
    return failure(
      'ERR_DOWNLOAD',
      reached
        ? `the package index that pip is set to does not offer the pinned wheels (${lastError(output)}). Check \`pip config list\`, ${again}`
        : `pip reaches no package index that has ${torch}. Check the network, the proxy and \`pip config list\`, ${again}`,
      true,
    );
  }
  if (/DO NOT MATCH THE HASHES/i.test(output)) {
    return failure(
      'ERR_DOWNLOAD',
      `what pip downloaded for ${torch} is not the pinned file (SHA-256 differs): broken off, or changed by a mirror or proxy. Run again: npx lenet-torch setup`,
      false,
    );
  }
  return failure(
    'ERR_DOWNLOAD',
    `pip could not download ${torch} (${megabytes(release.wheels.reduce((sum, { size }) => sum + size, 0))}): ` +
      `${lastError(output)}. Check the network, ${again}`,
    false,
  );
}

/** The line of pip's output that says most. */
export function lastError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.findLast((text) => /error/i.test(text)) ?? lines.findLast(Boolean) ?? '';
  return withoutCredentials(line.replace(/^ERROR:\s*/, '')).slice(0, 200) || 'no message';
}
