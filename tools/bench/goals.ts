import type { FigureName } from './results';

/** What a figure is to come to, beside another one of the same run, or as it is. */
export interface Goal {
  readonly text: string;
  readonly of: FigureName;
  /** What it is divided by; as it is without. */
  readonly by?: FigureName;
  /** Where more is better, at least this; otherwise at most. */
  readonly bound: number;
}

const events = (side: string): FigureName => ({ row: 'events', side, figure: 'perSecond' });
const of = (row: string, side: string, figure: string): FigureName => ({ row, side, figure });
const noOps = (side: string): FigureName => ({ row: 'tasks', side, figure: 'perSecond' });

/** What this system is to reach. */
export const goals: readonly Goal[] = [
  { text: 'event → scheduled: 8 × Celery, confirmed', of: events('ours'), by: events('celery-confirmed'), bound: 8 },
  { text: 'event → scheduled: 2.5 × Celery, unconfirmed', of: events('ours'), by: events('celery'), bound: 2.5 },
  {
    text: 'event → scheduled: 0.5 × the raw parts in micro-batches',
    of: events('ours'),
    by: events('raw-batches'),
    bound: 0.5,
  },
  { text: 'no-op tasks: 2 × Celery', of: noOps('ours'), by: noOps('celery'), bound: 2 },
  { text: 'no-op tasks: 0.5 × Bull alone', of: noOps('ours'), by: noOps('raw'), bound: 0.5 },
  {
    text: "real renewals: the last one after 0.6 × Celery's last no-op, at its best",
    of: of('renewals', 'ours', 'last'),
    by: of('tasks', 'celery-takes-all', 'last'),
    bound: 0.6,
  },
  {
    text: 'real renewals: all events published after 1.2 × the last renewal',
    of: of('renewals', 'ours', 'published'),
    by: of('renewals', 'ours', 'last'),
    bound: 1.2,
  },
  {
    text: 'memory of a worker with waiting tasks: 1.1 × that with none',
    of: of('memory', 'ours', 'growth'),
    bound: 1.1,
  },
  { text: 'event → scheduled when idle: p99 of 10 ms', of: of('events', 'ours', 'idleP99'), bound: 10 },
  { text: 'tasks due when idle: p99 of 25 ms', of: of('tasks', 'ours', 'idleP99'), bound: 25 },
  {
    text: 'tasks of another queue during a storm, one worker: p99 of 25 ms',
    of: of('neighbours', 'ours', 'p99'),
    bound: 25,
  },
  {
    text: 'tasks of another queue during a storm, a worker each: p99 of 25 ms',
    of: of('neighbours', 'ours-apart', 'p99'),
    bound: 25,
  },
];
