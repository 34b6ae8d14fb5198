import type { Description } from '../machine';
import type { Results } from '../results';
import type { Row } from '../row';

/** What a run came to. */
export interface Report {
  readonly rows: readonly Row[];
  readonly rounds: number;
  readonly results: Results;
  readonly machine: Description;
}
