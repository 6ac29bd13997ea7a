import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { endLater, folder, forever, isAlive, launch, script, survivor, until } from './scripts.js';

describe('where one fails', () => {
  test.each([
    [0, 3],
    [1, 7],
  ])('rank %d with exit code %d: the others get SIGTERM', (failing, code) => {
    const path = script(`
      if (rank === ${failing}) setTimeout(() => process.exit(${code}), 200);
      else {
        process.on('SIGTERM', () => { console.error('told'); process.exit(9); });
        ${forever}
      }`);
    const began = Date.now();
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect(status).toBe(code);
    expect(stderr).toBe(
      `${failing === 0 ? '[rank 1] ' : ''}told\nlenet-torch: rank ${failing} ended with exit code ${code}\n`,
    );
    expect(Date.now() - began).toBeLessThan(4000);
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGSEGV', 139],
    ['SIGTERM', 143],
  ])('by %s: 128 and its number', (signal, code) => {
    const path = script(
      `if (rank === 1) process.kill(process.pid, '${signal}'); else { ${forever} }`,
    );
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect({ status, stderr }).toEqual({
      status: code,
      stderr: `lenet-torch: rank 1 was ended by ${signal}\n`,
    });
  });

  test('whoever does not follow SIGTERM is killed after 5 s, with what it has started', async () => {
    const pids = join(folder, 'stubborn');
    const path = script(`
      import { appendFileSync } from 'node:fs';
      import { spawn } from 'node:child_process';
      if (rank === 1) setTimeout(() => process.exit(4), 500);
      else if (process.argv[2] === undefined) {
        const child = spawn(process.execPath, [process.argv[1], 'below'], { stdio: 'inherit' });
        appendFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid + ' ');
        ${survivor}
      } else { ${survivor} }`);
    const began = Date.now();
    const { status } = launch(['--nproc', '2', path]);
    const took = Date.now() - began;
    expect(status).toBe(4);
    expect(took).toBeGreaterThan(5000);
    expect(took).toBeLessThan(9000);
    const both = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(both).toHaveLength(2);
    endLater(...both);
    await until(() => !both.some(isAlive));
  }, 30_000);

  test('one that ended well is not waited for, and no failure', () => {
    const path = script('if (rank === 1) setTimeout(() => {}, 400);');
    expect(launch(['--nproc', '2', path])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('an error of a script: its text, and the line that names the rank', () => {
    const path = script(`if (rank === 1) throw new Error('chosen'); ${forever}`);
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect(status).toBe(1);
    expect(stderr).toContain('[rank 1] Error: chosen\n');
    expect(stderr).toMatch(/lenet-torch: rank 1 ended with exit code 1\n$/);
  });
});

describe('--max-restarts', () => {
  const tells = `
    const { TORCHELASTIC_RESTART_COUNT: count, TORCHELASTIC_MAX_RESTARTS: most, MASTER_PORT } = process.env;
    if (rank === 0) console.log(count, most, MASTER_PORT);`;

  test('all are started again, with their count and another port', () => {
    const path = script(`
      import { existsSync, writeFileSync } from 'node:fs';
      ${tells}
      const file = ${JSON.stringify(join(folder, 'attempt'))} + count;
      if (rank === 0) writeFileSync(file, '');
      if (count < '2') setInterval(() => rank === 1 && existsSync(file) && process.exit(5), 20);`);
    const { status, stdout, stderr } = launch(['--nproc', '2', '--max-restarts', '3', path]);
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(lines.map(([count, most]) => [count, most])).toEqual([
      ['0', '3'],
      ['1', '3'],
      ['2', '3'],
    ]);
    expect(new Set(lines.map(([, , port]) => port)).size).toBe(3);
    expect(stderr).toBe(
      'lenet-torch: rank 1 ended with exit code 5; all are started again (1 of 3)\n' +
        'lenet-torch: rank 1 ended with exit code 5; all are started again (2 of 3)\n',
    );
  });

  test('until there are none left', () => {
    const path = script(`if (rank === 1) process.kill(process.pid, 'SIGKILL'); ${forever}`);
    const { status, stderr } = launch(['--nproc', '2', '--max-restarts', '1', path]);
    expect({ status, stderr }).toEqual({
      status: 137,
      stderr:
        'lenet-torch: rank 1 was ended by SIGKILL; all are started again (1 of 1)\n' +
        'lenet-torch: rank 1 was ended by SIGKILL\n',
    });
  });

  test('a port that was given stays', () => {
    const path = script(`${tells} process.exit(count === '0' ? 1 : 0);`);
    const words = ['--nproc', '1', '--max-restarts', '1', '--master-port', '29555', path];
    expect(launch(words)).toMatchObject({ status: 0, stdout: '0 1 29555\n1 1 29555\n' });
  });
});
