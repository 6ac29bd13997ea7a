// A machine for `setup` to look at: nothing is there but what a test puts there.
import fs from 'node:fs';
import path from 'node:path';

import { fashionMnist } from '../../lib/data/sets/idxSets.js';
import { locateSet } from '../../lib/data/sets/locate.js';
import { temporaryFolder } from '../folder.js';

export class Machine {
  readonly folder = temporaryFolder('lenet setup é ');
  /** The package's cache. */
  readonly cache = path.join(this.folder, 'cache/lenet-torch');
  readonly env: NodeJS.ProcessEnv = {
    XDG_CACHE_HOME: path.join(this.folder, 'cache'),
    LENET_TORCH_LIBTORCH: undefined,
  };

  /** Puts a command before the system's. */
  command(name: string, script: string): void {
    write(path.join(this.folder, 'bin', name), `#!/bin/sh\n${script}\n`, 0o755);
    this.env.PATH = `${this.folder}/bin:/usr/bin:/bin`;
  }

  /** Takes Python and GPU away, until a test puts them there. */
  hideAll(): this {
    for (const name of ['python3', 'python', 'nvidia-smi']) this.command(name, 'exit 1');
    return this;
  }

  /** Puts Fashion-MNIST there. */
  makeData(dir = path.join(this.cache, 'datasets/fashion-mnist')): void {
    fs.mkdirSync(dir, { recursive: true });
    for (const file of Object.values(locateSet(fashionMnist).files)) {
      fs.symlinkSync(file, path.join(dir, path.basename(file)));
    }
  }

  /** A folder that passes for libtorch until it is loaded: setup never loads it, but asks `ldd`. */
  makeTorch(name = 'torch', { version = '2.11.0+cpu', cuda = false } = {}): string {
    const root = path.resolve(this.folder, name);
    const libraries = ['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/libm.so.6', '/usr/lib/libm.so.6'];
    const library = libraries.find((file) => fs.existsSync(file))!;
    write(path.join(root, 'version.py'), `__version__ = '${version}'\n`);
    fs.mkdirSync(path.join(root, 'lib'), { recursive: true });
    const names = ['libtorch_cpu.so', 'libc10.so', ...(cuda ? ['libtorch_cuda.so'] : [])];
    for (const each of names) fs.copyFileSync(library, path.join(root, 'lib', each));
    return root;
  }

  /** A finished download of setup's. */
  makeDownload(home = this.cache, variant = 'cpu'): string {
    const target = path.join(home, `libtorch/2.11.0-${variant}`);
    const root = this.makeTorch(path.join(target, 'torch'), { cuda: variant === 'cuda' });
    const files = { 'torch/lib/libc10.so': fs.statSync(path.join(root, 'lib/libc10.so')).size };
    write(path.join(target, 'lenet-torch.json'), JSON.stringify({ files }));
    return root;
  }
}

export function write(file: string, text: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode });
}
