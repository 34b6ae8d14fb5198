/** Is told, a line at a time, what happens and how long it took. */
export type Progress = (line: string) => void;

/** A stopwatch that starts now and tells what it shows as `1.2 s`. */
export function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
