import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

interface ProcessState {
  state: string;
  parent: number;
  /** Ticks since boot: together with the pid it names one process for ever. */
  startTime: string;
}

/** Whether the process runs; one that ended but was not collected by its parent yet does not. */
export function isAlive(pid: number): boolean {
  const entry = stateOf(pid);
  if (entry) return entry.state !== 'Z' && entry.state !== 'X';
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux';
  } catch {
    return false;
  }
}

/** Tells a process from a later one with the same pid. Linux only, elsewhere undefined. */
export function startTimeOf(pid: number): string | undefined {
  return stateOf(pid)?.startTime;
}

/** Whether the process works in the folder or below it. Linux only, elsewhere false. */
export function worksIn(pid: number, folder: string): boolean {
  try {
    const current = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
    return current === folder || current.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

/** All processes that work in the folder or below it. */
export function processesIn(folder: string): number[] {
  return allPids().filter((pid) => isAlive(pid) && worksIn(pid, folder));
}

/** The process and all that descend from it, parents first. */
export function processTree(pid: number): number[] {
  const parents = new Map(allPids().map((each) => [each, stateOf(each)?.parent]));
  const tree = [pid];
  for (const ancestor of tree) {
    for (const [child, parent] of parents) if (parent === ancestor) tree.push(child);
  }
  return tree;
}

function allPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function stateOf(pid: number): ProcessState | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the fields after it are plain. See proc(5).
    const [state = '', parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent), startTime: rest[17] ?? '' };
  } catch {
    return undefined;
  }
}
