// A project as a section of the documents lays it out, in a folder of its own.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

const minutes = 15;

/**
 * Writes the files, runs the commands, and ends what they have left running.
 * @param project.env - Of the user, with installers and caches.
 * @returns What is wrong; `undefined` when all was printed that should be.
 */
export async function tryProject({ files, commands, printed }, { folder, env }) {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = JSON.stringify({ name: 'app', private: true, type: 'module' });
  for (const [name, text] of Object.entries({ 'package.json': manifest, ...files })) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, await withFreePorts(text));
  }
  const script = await withFreePorts(commands);
  const { status, stdout, stderr } = await shell(script, { cwd: folder, env });
  let at = 0;
  for (const line of printed) {
    const found = stdout.indexOf(line, at);
    if (found < 0)
      return `exit code ${status}, ${JSON.stringify(line)} was not printed:\n${stdout}${stderr}`;
    at = found + line.length;
  }
  return status === 0 ? undefined : `exit code ${status}:\n${stdout}${stderr}`;
}

const ports = new Map();

// 3000 and 3001 may be taken here. The same all the time.
async function withFreePorts(text) {
  for (const port of new Set(text.match(/\b300[01]\b/g))) {
    if (!ports.has(port)) ports.set(port, await freePort());
    text = text.replaceAll(port, ports.get(port));
  }
  return text;
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });

async function shell(script, options) {
  const child = spawn('sh', ['-e', '-c', script], { ...options, detached: true });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  };
  const timer = setTimeout(end, minutes * 60_000);
  // Not 'close': servers in the background hold the pipes.
  const status = await new Promise((resolve) =>
    child.once('exit', (...how) => resolve(how.find((each) => each !== null))),
  );
  clearTimeout(timer);
  end();
  return { status, ...texts };
}
