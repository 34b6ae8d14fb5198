import { describe, expect, it } from 'vitest';
import { FULL, planFaults, type PlannedFault, secondsOfKills, SHORT } from './fault-plan';

const apps = ['scheduler-1', 'scheduler-2', 'worker-1', 'worker-2'];
const full = (seed: string) => planFaults({ seed, fromMs: 10_000, untilMs: 335_000, minimums: FULL, apps });

const of = (plan: readonly PlannedFault[], kind: string) => plan.filter((fault) => fault.kind === kind);
const targets = (plan: readonly PlannedFault[], kind: string) => of(plan, kind).map(({ target }) => target);

describe('the plan of faults', () => {
  it('follows from the seed, and from nothing else', () => {
    expect(full('1')).toEqual(full('1'));
    expect(full('1')).not.toEqual(full('2'));
  });

  it.each(['1', '2', '3', 'any text'])('has in a full run at least what is asked for, seed %s', (seed) => {
    const plan = full(seed);
    expect(of(plan, 'kill').length).toBeGreaterThanOrEqual(20);
    expect(of(plan, 'wipe').length).toBeGreaterThanOrEqual(3);
    for (const server of ['rabbitmq', 'postgres', 'redis']) {
      expect(targets(plan, 'restart').filter((target) => target === server).length).toBeGreaterThanOrEqual(3);
      expect(of(plan, 'restart').some(({ target, how }) => target === server && how === 'SIGKILL')).toBe(true);
      expect(targets(plan, 'freeze')).toContain(server);
    }
    expect(of(plan, 'freeze').length).toBeGreaterThanOrEqual(3);
    expect(of(plan, 'cut').length).toBeGreaterThanOrEqual(3);
    expect(new Set(targets(plan, 'kill'))).toEqual(new Set(apps));
    expect(targets(plan, 'freeze').some((target) => apps.includes(target))).toBe(true);
  });

  it('has in a short run each kind of fault', () => {
    const plan = planFaults({ seed: '1', fromMs: 5_000, untilMs: 20_000, minimums: SHORT, apps });
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['kill', 'wipe', 'restart', 'freeze', 'cut']));
    expect(new Set(targets(plan, 'restart'))).toEqual(new Set(['rabbitmq', 'postgres', 'redis']));
  });

  it('strikes in the order of time, between the given moments', () => {
    const times = full('1').map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times[0]).toBeGreaterThanOrEqual(10_000);
    expect(times.at(-1)).toBeLessThanOrEqual(335_000);
  });

  it('leaves quiet times in between, in which one sees how fast the system recovers', () => {
    const times = full('1').map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - times[index]!);
    expect(gaps.filter((gap) => gap > 30_000).length).toBeGreaterThanOrEqual(4);
  });
});

describe('the seconds in which workers are killed', () => {
  it('have begun just before, so that what is due then is being renewed', () => {
    const plan = full('1');
    const kills = of(plan, 'kill').filter(({ target }) => target.startsWith('worker'));
    expect(secondsOfKills(plan)).toHaveLength(kills.length);
    for (const [index, second] of secondsOfKills(plan).entries()) {
      expect(second % 1_000).toBe(0);
      expect(kills[index]!.atMs - second).toBeGreaterThanOrEqual(30);
      expect(kills[index]!.atMs - second).toBeLessThanOrEqual(300);
    }
  });
});
