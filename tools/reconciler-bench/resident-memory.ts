import { readFileSync } from 'node:fs';

/** What a process has in memory, and the most it ever had, in bytes. Linux only. */
export function residentMemory(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]);
  return { now: bytes('VmRSS'), most: bytes('VmHWM') };
}
