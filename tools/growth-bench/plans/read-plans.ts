import type { Plan } from './plan';

/** `2026-11-22 12:00:00.000 UTC [4711] LOG:  duration: 0.052 ms  plan:`, and then the plan, each line after a tab. */
const ENTRY = /^\S+ \S+ \S+ \[(\d+)\] LOG: {2}duration: [\d.]+ ms {2}plan:\n((?:\t.*(?:\n|$))+)/gm;

/** Reads what `auto_explain` has written into PostgreSQL's log. What is not at its end yet is left out. */
export function readPlans(log: string): Plan[] {
  return [...log.matchAll(ENTRY)].flatMap(([, pid, entry]) => {
    const plan = parse(entry!.replaceAll(/^\t/gm, ''));
    return plan ? [{ pid: Number(pid), text: plan['Query Text'].replaceAll(/\s+/g, ' ').trim(), root: plan.Plan }] : [];
  });
}

function parse(text: string): { 'Query Text': string; Plan: Plan['root'] } | undefined {
  try {
    return JSON.parse(text) as { 'Query Text': string; Plan: Plan['root'] };
  } catch {
    return undefined;
  }
}
