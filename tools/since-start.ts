import { say } from './run-program';

/** Says lines with the time since now before them. */
export function sinceStart(): (line: string) => void {
  const started = performance.now();
  return (line) => say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}
