import fs from 'node:fs';
import os from 'node:os';

/** What the figures were measured on, in words: no names of hosts. */
export function machine() {
  const [cpu] = os.cpus();
  const flags = fs.existsSync('/proc/cpuinfo') ? fs.readFileSync('/proc/cpuinfo', 'utf8') : '';
  const isa = / avx512f /.test(flags) ? 'AVX-512' : / avx2 /.test(flags) ? 'AVX2' : 'no AVX2';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpu.model.trim()}, ${os.cpus().length} cores, ${isa}, ${memory} GiB, Node ${process.version}`;
}

/** Prints rows as a table; the columns are the keys of the first row. */
export function printTable(rows) {
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  cells.forEach((row, i) => {
    console.log(`| ${row.map((cell, k) => cell.padEnd(widths[k])).join(' | ')} |`);
    if (i === 0) console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  });
}
