import { closeSync, openSync, readSync } from 'node:fs';
import { arch } from 'node:os';

// e_machine of the ELF header.
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
};

/** The processor, in Node's words, that an ELF library is for; `undefined` for what is no ELF file. */
function architectureOf(path: string): string | undefined {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(path, 'r');
    try {
      if (readSync(file, header, 0, 20, 0) < 20) return undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
  return machines[machine] ?? `processor number ${machine}`;
}

/** Why a library cannot be for this processor; `undefined` when it may be. */
export function foreignArchitecture(path: string): string | undefined {
  const found = architectureOf(path);
  if (found === undefined || found === arch()) return undefined;
  return `its libraries are for ${found}, this machine is ${arch()}`;
}
