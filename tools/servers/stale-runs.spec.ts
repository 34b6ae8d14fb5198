import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRecord, type RunRecord, writeRecord } from './run-record';
import { sweepStaleRuns } from './stale-runs';

describe.runIf(process.platform === 'linux')('sweeping stale runs', () => {
  let place: string;
  let run: string;
  const said: string[] = [];
  const started: ChildProcess[] = [];

  beforeEach(() => {
    place = realpathSync(mkdtempSync(join(tmpdir(), 'stale-runs-')));
    run = join(place, 'run-abc');
    mkdirSync(run);
    said.length = 0;
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(place, { recursive: true });
  });

  const sweep = () => sweepStaleRuns((line) => said.push(line), [{ folder: place, prefix: 'run-' }]);
  const sleepIn = async (cwd: string) => {
    const child = spawn('sleep', ['60'], { cwd });
    started.push(child);
    await once(child, 'spawn');
    return { child, pid: child.pid as number };
  };
  /** A record whose owner has a pid that is in use, but was another process. */
  const recordOfTheDead = (): RunRecord => {
    const record = newRecord();
    return { ...record, owner: { ...record.owner, startTime: '1' } };
  };

  it('removes the folder of a run whose owner is gone, and says so', async () => {
    writeRecord(run, recordOfTheDead());
    await sweep();
    expect(existsSync(run)).toBe(false);
    expect(said).toEqual([`removing what an earlier run left in ${run}`]);
  });

  it('ends the processes it left, by the signal that suits each', async () => {
    const { child, pid } = await sleepIn(run);
    const exit = once(child, 'exit');
    writeRecord(run, { ...recordOfTheDead(), processes: [{ pid, endSignal: 'SIGQUIT' }] });
    await sweep();
    expect(await exit).toEqual([null, 'SIGQUIT']);
    expect(existsSync(run)).toBe(false);
  });

  it('lets a process live that only got the pid of one it left', async () => {
    const { child, pid } = await sleepIn(place);
    writeRecord(run, { ...recordOfTheDead(), processes: [{ pid, endSignal: 'SIGKILL' }] });
    await sweep();
    expect(existsSync(run)).toBe(false);
    expect(child.kill(0)).toBe(true);
    expect(child.signalCode).toBeNull();
  });

  it('leaves runs alone whose owner lives', async () => {
    writeRecord(run, newRecord());
    await sweep();
    expect(existsSync(run)).toBe(true);
    expect(said).toEqual([]);
  });

  it('leaves a run of another system alone for a day: its pids mean nothing here', async () => {
    const record = recordOfTheDead();
    writeRecord(run, { ...record, owner: { ...record.owner, system: 'another container' } });
    await sweep();
    expect(existsSync(run)).toBe(true);
    age(run, 25 * 60);
    await sweep();
    expect(existsSync(run)).toBe(false);
  });

  it('leaves a run alone that is about to write its record', async () => {
    await sweep();
    expect(existsSync(run)).toBe(true);
    age(run, 2);
    await sweep();
    expect(existsSync(run)).toBe(false);
  });

  it('leaves everything alone that is not a run', async () => {
    mkdirSync(join(place, 'other'));
    age(join(place, 'other'), 60 * 24 * 30);
    await sweep();
    expect(existsSync(join(place, 'other'))).toBe(true);
  });
});

function age(folder: string, minutes: number): void {
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(folder, then, then);
}
