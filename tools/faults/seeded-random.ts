import { createHash } from 'node:crypto';

/** Chance that follows from a seed: the same seed and the same questions have the same answers. */
export class SeededRandom {
  private state: number;

  /** @param seed any text; what is drawn for different purposes takes different seeds (`7/plan`, `7/stories`). */
  constructor(seed: string) {
    this.state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  }

  /** From 0 to, and without, 1. Mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)]!;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const all = [...items];
    for (let last = all.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [all[last], all[other]] = [all[other]!, all[last]!];
    }
    return all;
  }

  uuid(): string {
    const digits = Array.from({ length: 32 }, () => this.integer(0, 15).toString(16)).join('');
    const variant = 'ab89'[this.integer(0, 3)];
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, `$1-$2-4$3-${variant}$4-$5`);
  }
}
