import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';

const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

describe('a full disk ends the training, and the last checkpoint stays', () => {
  const script = (dir: string): string => `
    import * as torch from ${JSON.stringify(built)};
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const X = torch.rand(64, 1, 28, 28), y = torch.zeros(64).to('int64');
    const run = await torch.Run.create(${JSON.stringify(dir)}, { checkpointEvery: '1steps' });
    const optimizer = new torch.optim.Adam(net.parameters());
    const { writeFileSync } = await import('node:fs');
    const onEpoch = ({ epoch }) => { if (epoch === 2) FILL; };
    await torch.train(net, [[X, y]], [[X, y]], 64, optimizer, 'cpu', 9, { log: null, run, onEpoch })
      .catch((error) => console.log(JSON.stringify({ code: error.code, message: error.message })));
  `;

  async function afterwards(dir: string): Promise<void> {
    expect(readdirSync(dir).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    const run = await torch.Run.resume(dir);
    expect(run.epochs.length).toBe(1);
    await run.close();
  }

  function outputOf(text: string, wrap: string[] = []): { code: string; message: string } {
    const [command, ...args] = [...wrap, process.execPath, '--input-type=module', '--eval', text];
    const { stdout, stderr } = spawnSync(command as string, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('a limit on the size of files', async () => {
    const dir = join(temporaryFolder(), 'run');
    // The checkpoint has some 560 kB: another 100 kB of text do not fit beside it.
    const fill = "run.extras.filling = { stateDict: () => 'x'.repeat(1e6), loadStateDict() {} }";
    const text = script(dir).replace('FILL', fill);
    const { code, message } = outputOf(text, ['prlimit', '--fsize=1000000']);
    expect(code).toBe('ERR_FILE_WRITE');
    expect(message).toContain(join(dir, 'checkpoint.safetensors'));
    await afterwards(dir);
  });

  const disk = temporaryFolder('lenet-torch-disk-', afterAll);
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' })
      .status === 0;

  afterAll(() => {
    if (mounted) spawnSync('umount', [disk]);
  });

  test.runIf(mounted)('a disk of 2 MB (skipped where nothing may be mounted)', async () => {
    const dir = join(disk, 'run');
    const fill = `try { writeFileSync(${JSON.stringify(join(disk, 'other'))}, Buffer.alloc(4e6)) } catch {}`;
    const { code, message } = outputOf(script(dir).replace('FILL', fill));
    expect(code).toBe('ERR_NO_SPACE');
    expect(message).toContain('full');
    rmSync(join(disk, 'other'));
    await afterwards(dir);
  });
});
