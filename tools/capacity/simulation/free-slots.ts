/** When each of several slots is free again: a binary heap, the earliest at its root. */
export class FreeSlots {
  private readonly times: Float64Array;

  /** @param count all of them are free from the beginning. */
  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} slots, expected a whole number from 1`);
    this.times = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  }

  /** When the first of them is free, in ms. */
  get earliest(): number {
    return this.times[0]!;
  }

  /** Has that one be taken until then, in ms. */
  take(untilMs: number): void {
    const { times } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= untilMs) break;
      times[place] = times[child]!;
      place = child;
    }
    times[place] = untilMs;
  }
}
