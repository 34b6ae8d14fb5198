/** Unreadable tasks of one task and version that are named; the others are counted. */
const MOST_EXAMPLES = 5;

/** A task that cannot be read. */
export interface UnreadableExample {
  readonly key: string;
  /** Which field is what, and what was expected. */
  readonly why: string;
}

/** The open tasks of one task class and payload version. */
export interface PayloadGroup {
  readonly task: string;
  /** The task is one of this build's. */
  readonly known: boolean;
  readonly version: number;
  readonly open: number;
  readonly unreadable: number;
  readonly examples: readonly UnreadableExample[];
}

/** A task as it was read. */
export interface ReadTask {
  readonly key: string;
  readonly task: string;
  readonly known: boolean;
  readonly version: number;
  /** Why it cannot be read; undefined when it can. */
  readonly why?: string;
}

/** What a build can read of what is open, by task and version. */
export class PreflightReport {
  private readonly byTaskAndVersion = new Map<string, PayloadGroup>();

  add({ key, task, known, version, why }: ReadTask): void {
    const id = `${version} ${task}`;
    const group = this.byTaskAndVersion.get(id) ?? { task, known, version, open: 0, unreadable: 0, examples: [] };
    const { open, unreadable, examples } = group;
    this.byTaskAndVersion.set(id, {
      ...group,
      open: open + 1,
      ...(why !== undefined && {
        unreadable: unreadable + 1,
        examples: examples.length < MOST_EXAMPLES ? [...examples, { key, why }] : examples,
      }),
    });
  }

  /** By task, then by version. */
  get groups(): readonly PayloadGroup[] {
    return [...this.byTaskAndVersion.values()].sort(
      (one, other) => one.task.localeCompare(other.task) || one.version - other.version,
    );
  }

  get open(): number {
    return sum(this.groups, 'open');
  }

  get unreadable(): number {
    return sum(this.groups, 'unreadable');
  }

  /** Tasks of this build that have open ones of which it can read none: it cannot do that work at all. */
  get whollyUnreadable(): readonly string[] {
    const known = this.groups.filter((group) => group.known);
    const tasks = [...new Set(known.map(({ task }) => task))];
    return tasks.filter((task) => {
      const own = known.filter((group) => group.task === task);
      return sum(own, 'open') === sum(own, 'unreadable');
    });
  }
}

function sum(groups: readonly PayloadGroup[], what: 'open' | 'unreadable'): number {
  return groups.reduce((total, group) => total + group[what], 0);
}
