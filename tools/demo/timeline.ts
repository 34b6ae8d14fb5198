import type { Database } from '@budget-buddy/platform';
import { isOpen } from '@budget-buddy/tasks';
import { Temporal } from 'temporal-polyfill';
import { describeFinding, type Finding, findingOf, latenessMs } from './findings';
import type { Chapter } from './story';

/** Follows every budget of the story, prints what changes as it does, and knows in the end what was found. */
export class Timeline {
  private readonly startedMs = performance.now();
  private readonly seen = new Set<string>();
  private readonly deadLetters = new Map<string, string>();
  private readonly titles: Map<string, string>;
  readonly findings = new Map<string, Finding>();

  constructor(
    private readonly chapters: readonly Chapter[],
    private readonly database: Database,
    private readonly print: (line: string) => void,
  ) {
    this.titles = new Map(chapters.map(({ budgetId, title }) => [budgetId, title]));
  }

  published(chapter: Chapter, event: string, copies: number): void {
    this.say('→', chapter.title, `${event} published${copies > 1 ? ` ${copies} times` : ''}`);
  }

  heard(event: string, body: Record<string, unknown>): void {
    if (event !== 'BudgetRenewed') return;
    const title = this.titles.get(String(body.old_budget_id));
    if (!title) return;
    this.titles.set(String(body.budget_id), title);
    this.say('←', title, `BudgetRenewed, ${String(body.start_date)} to ${String(body.end_date)}`);
  }

  deadLettered(body: string, error: string): void {
    const chapter = this.chapters.find(({ budgetId }) => body.includes(budgetId));
    if (!chapter || this.deadLetters.has(chapter.budgetId)) return;
    this.deadLetters.set(chapter.budgetId, error);
    this.say('✗', chapter.title, `dead letter: ${error}`);
  }

  /** Looks at all budgets once. @returns whether all are as the story expects them to end. */
  async look(): Promise<boolean> {
    for (const chapter of this.chapters) {
      const finding = {
        ...(await findingOf(this.database, chapter.budgetId)),
        deadLetter: this.deadLetters.get(chapter.budgetId),
      };
      this.findings.set(chapter.budgetId, finding);
      this.tell(chapter, finding);
    }
    return this.chapters.every((chapter) => this.found(chapter) === chapter.expected);
  }

  found({ budgetId }: Chapter): string {
    return describeFinding(this.findings.get(budgetId) ?? { tasks: [] });
  }

  private tell({ title }: Chapter, finding: Finding): void {
    for (const task of finding.tasks) {
      this.sayOnce(`${task.key} scheduled`, '·', title, `renewal scheduled, due ${dueText(task.eta)}`);
      if (isOpen(task)) continue;
      const late = latenessMs({ tasks: [task] });
      const when = late === undefined ? 'it was past due' : `${late} ms after its due time`;
      const what = task.status === 'succeeded' ? `renewed, ${when}` : task.status;
      this.sayOnce(`${task.key} ${task.status}`, '✓', title, what);
    }
  }

  private sayOnce(id: string, ...line: [string, string, string]): void {
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.say(...line);
  }

  private say(sign: string, title: string, text: string): void {
    const seconds = ((performance.now() - this.startedMs) / 1000).toFixed(3).padStart(7);
    this.print(`${seconds} s  ${sign} ${title.padEnd(28)}  ${text}`);
  }
}

function dueText(eta: Temporal.Instant): string {
  const seconds = eta.since(Temporal.Now.instant()).total('seconds');
  if (seconds < 0) return 'now, its time is past';
  return seconds < 3600 ? `in ${seconds.toFixed(1)} s` : `${eta.toString().slice(0, 10)}`;
}
