/** For all that needs a connection but lanes: reconciler, relay, readiness, and work with a transaction of its own. */
const OTHER_CONNECTIONS = 10;
/** What each lane has by right. Two side by side, so that Node works for one while PostgreSQL works for the other. */
export const GROUPS_A_LANE = 2;
const MOST_SPARE_GROUPS = 10;

/** How many spare groups a process has with a pool of that size and so many lanes. */
export function spareGroupsOf(poolSize: number, lanes: number): number {
  const left = poolSize - OTHER_CONNECTIONS - GROUPS_A_LANE * lanes;
  return Math.min(MOST_SPARE_GROUPS, Math.max(0, left));
}

/** The transactions that all lanes of a process together may have beyond those that each has by right. */
export class SpareGroups {
  private lanes = 0;
  private taken = 0;

  constructor(private readonly poolSize: number) {}

  get total(): number {
    return spareGroupsOf(this.poolSize, this.lanes);
  }

  addLane(): void {
    this.lanes++;
  }

  /** @returns whether there was one. Whoever has it gives it back. */
  take(): boolean {
    if (this.taken >= this.total) return false;
    this.taken++;
    return true;
  }

  giveBack(): void {
    this.taken--;
  }
}
