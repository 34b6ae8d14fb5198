import { readFileSync } from 'node:fs';
import { processTree } from '../servers/process-table';

/** The memory of a process and its descendants, in bytes: proportional set size, which counts shared pages once. */
export function memoryOfTree(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + proportionalSetSize(each), 0);
}

function proportionalSetSize(pid: number): number {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return 0;
    throw error;
  }
}
