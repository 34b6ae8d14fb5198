import { readFileSync } from 'node:fs';
import { processTree } from '../servers/process-table';

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** What a process and its descendants, the ended ones included, have used of the processors so far, in ms. Linux only. */
export function cpuMsOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + ticksOf(`/proc/${each}/stat`), 0) * (1_000 / TICKS_A_SECOND);
}

/** Own time, and that of children that were waited for. See proc(5). */
function ticksOf(path: string): number {
  try {
    const text = readFileSync(path, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended meanwhile.
    if (code === 'ENOENT' || code === 'ESRCH') return 0;
    throw error;
  }
}

/** How long all processors together have been busy since the machine was started, in ms. */
export function machineBusyMs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user, nice, system, , , irq, softIrq, steal] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softIrq! + steal!) * (1_000 / TICKS_A_SECOND);
}
