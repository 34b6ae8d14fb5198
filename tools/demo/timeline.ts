import type { Database } from '@budget-buddy/platform';
import { isOpen } from '@budget-buddy/tasks';
import type { TestBroker } from '@budget-buddy/testing';
import type { Message } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { describeFinding, type Finding, findingOf, latenessMs } from './findings';
import type { Chapter } from './story';

/** Follows every budget of the story, prints what changes as it does, and knows in the end what was found. */
export class Timeline {
  private startedMs = 0;
  private chapters: readonly Chapter[] = [];
  private events: Message[] = [];
  private readonly seen = new Set<string>();
  private readonly deadLetters = new Map<string, string>();
  private readonly titles = new Map<string, string>();
  readonly findings = new Map<string, Finding>();

  constructor(
    private readonly database: Database,
    private readonly broker: TestBroker,
    private readonly print: (line: string) => void,
  ) {}

  /** From here on the time runs. */
  async open(chapters: readonly Chapter[]): Promise<void> {
    this.chapters = chapters;
    for (const { budgetId, title } of chapters) this.titles.set(budgetId, title);
    this.events = await this.broker.collect('BudgetRenewed', 'BudgetRenewalFailed');
    this.startedMs = performance.now();
  }

  async publish(chapter: Chapter, event: string, body: object, copies: number): Promise<void> {
    this.say('→', chapter.title, `${event} published${copies > 1 ? ` ${copies} times` : ''}`);
    await Promise.all(Array.from({ length: copies }, () => this.broker.client.publish(event, body)));
  }

  /** Looks at all budgets once. @returns whether all are as the story expects them to end. */
  async look(): Promise<boolean> {
    for (const message of this.events.splice(0)) this.heard(message);
    for (const message of await this.broker.takeDeadLetters()) this.deadLettered(message);
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

  private heard({ fields, content }: Message): void {
    const body = JSON.parse(content.toString()) as Record<string, unknown>;
    const title = this.titles.get(String(body.old_budget_id ?? body.budget_id));
    if (!title) return;
    this.titles.set(String(body.budget_id), title);
    this.say('←', title, `${fields.routingKey}, ${String(body.start_date)} to ${String(body.end_date)}`);
  }

  private deadLettered({ content, properties }: Pick<Message, 'content' | 'properties'>): void {
    const chapter = this.chapters.find(({ budgetId }) => content.includes(budgetId));
    if (!chapter) return;
    const error = String(properties.headers?.['x-event-dead-letter-error']);
    this.deadLetters.set(chapter.budgetId, error);
    this.say('✗', chapter.title, `dead letter: ${error}`);
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
    this.print(`${seconds} s  ${sign} ${title.padEnd(29)}  ${text}`);
  }
}

function dueText(eta: Temporal.Instant): string {
  const seconds = eta.since(Temporal.Now.instant()).total('seconds');
  if (seconds < 0) return 'now, its time is past';
  return seconds < 3600 ? `in ${seconds.toFixed(1)} s` : `${eta.toString().slice(0, 10)}`;
}
