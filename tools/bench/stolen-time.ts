import { readFileSync } from 'node:fs';

/** `user nice system idle iowait irq softirq steal`, proc(5): what comes after them is in them already. */
const COUNTERS = 8;
const [IDLE, IOWAIT, STEAL] = [3, 4, 7];

/** What the host of a virtual machine took for others of the time in which there was something to do. */
export class StolenTime {
  private readonly before: string;

  /** Counts from now on. @param read gives the text of /proc/stat. */
  constructor(private readonly read = () => readFileSync('/proc/stat', 'utf8')) {
    this.before = read();
  }

  describe(): string {
    const [before, after] = [countersOf(this.before), countersOf(this.read())];
    const spent = after.map((count, index) => count - before[index]!);
    const busy = spent.reduce((sum, count) => sum + count, 0) - spent[IDLE]! - spent[IOWAIT]!;
    return `${((100 * spent[STEAL]!) / Math.max(1, busy)).toFixed(0)} % of the time in which there was work`;
  }
}

function countersOf(stat: string): number[] {
  return stat
    .split('\n')[0]!
    .trim()
    .split(/ +/)
    .slice(1, 1 + COUNTERS)
    .map(Number);
}
