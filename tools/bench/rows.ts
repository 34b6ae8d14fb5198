import type { Row } from './row';
import { bullAdd } from './rows/bull-add';
import { events } from './rows/events';
import { kill } from './rows/kill';
import { memory } from './rows/memory';
import { neighbours } from './rows/neighbours';
import { renewals } from './rows/renewals';
import { tasks } from './rows/tasks';

/** Everything that is measured, in the order of the report. */
export const rows: readonly Row[] = [events, bullAdd, tasks, neighbours, renewals, memory, kill];
