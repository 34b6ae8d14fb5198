import type { Row, Sample, Side } from './row';
import { type Spread, spreadOf } from './spread';

/** Which number of the run is meant. */
export interface FigureName {
  readonly row: string;
  readonly side: string;
  readonly figure: string;
}

/** One measurement. */
export interface Measured {
  readonly row: string;
  readonly side: string;
  /** 1 for the first. */
  readonly round: number;
  readonly figures: Sample;
}

/** A measurement that came to nothing, and why. */
export interface Failure {
  readonly row: Row;
  readonly side: Side;
  readonly round: number;
  readonly error: Error;
}

/** What was measured so far: a sample of each side in each round. */
export class Results {
  private readonly samples: Measured[] = [];
  readonly failures: Failure[] = [];

  add(row: Row, side: Side, round: number, sample: Sample): void {
    for (const { id, optional } of row.figures) {
      if (optional && sample[id] === undefined) continue;
      if (!Number.isFinite(sample[id])) throw new TypeError(`${row.id}/${side.id}: ${id} is ${sample[id]}`);
    }
    this.samples.push({ row: row.id, side: side.id, round: round + 1, figures: sample });
  }

  get all(): readonly Measured[] {
    return this.samples;
  }

  /** The spread over the rounds; undefined when it was not measured. */
  spread({ row, side, figure }: FigureName): Spread | undefined {
    const values = [...this.rounds({ row, side })].flatMap(([, sample]) => sample[figure] ?? []);
    return values.length > 0 ? spreadOf(values) : undefined;
  }

  /** The spread of one figure divided by another one, round by round; undefined where no round has both. */
  ratio(of: FigureName, to: FigureName): Spread | undefined {
    const divisors = this.rounds(to);
    const ratios = [...this.rounds(of)].flatMap(([round, sample]) => {
      const divisor = divisors.get(round)?.[to.figure];
      const ratio = sample[of.figure]! / divisor!;
      return Number.isFinite(ratio) ? [ratio] : [];
    });
    return ratios.length > 0 ? spreadOf(ratios) : undefined;
  }

  private rounds({ row, side }: Pick<FigureName, 'row' | 'side'>): ReadonlyMap<number, Sample> {
    const samples = this.samples.filter((sample) => sample.row === row && sample.side === side);
    return new Map(samples.map(({ round, figures }) => [round, figures]));
  }
}
