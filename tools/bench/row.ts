import type { Scale } from './scale';

/** `×`: a ratio. */
export type Unit = '/s' | 'ms' | 'MB' | 'B' | '×' | '';

/** One number that is measured. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
  /** Not every side has it. */
  readonly optional?: true;
}

/** What one measurement came to: by the ids of the row's figures. */
export type Sample = Readonly<Record<string, number>>;

/** What a measurement is given. */
export interface Context {
  readonly scale: Scale;
  /** For the Node of this system's apps. */
  readonly nodeArguments: readonly string[];
}

/** Who is measured: this system, the parts it is made of, or the system it replaces. */
export type Who = 'ours' | 'raw' | 'celery';

/** One of those that a row compares. */
export interface Side {
  readonly id: string;
  readonly who: Who;
  readonly title: string;
  /** What its figures include. */
  readonly includes: string;
  /** Of another system: the id of this system's side that it is compared with; the first one without. */
  readonly counterpart?: string;
  measure(context: Context): Promise<Sample>;
}

/** One thing that is measured of several sides, in turns. */
export interface Row {
  readonly id: string;
  readonly title: string;
  /** How it is measured, for all sides alike. */
  readonly method: string;
  readonly figures: readonly Figure[];
  readonly sides: readonly Side[];
}
