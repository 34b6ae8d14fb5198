/** Between two signs of life, in ms. */
const BEAT_MS = 5_000;

/** A leader that PostgreSQL has not heard for so long stops by itself, in ms; before {@link SILENCE_MS}, so that two never lead. */
const TRUSTED_MS = 15_000;

/** A leader that PostgreSQL has not heard for so long is none any more, in ms. */
export const SILENCE_MS = 20_000;

/** A leader that has not got on for so long is none any more, in ms: longer than any statement of its work may take. */
const STANDSTILL_MS = 120_000;

/** This process led and does not any more: somebody else does, or may. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';

  constructor(why: string) {
    super(`leadership of the reconciler is lost: ${why}`);
  }
}

/**
 * One leadership, from the lock to its release. Says that it lives, and tells its work when it has to stop: what was
 * frozen finds out when it wakes, by the time that has passed, before it does anything else.
 */
export class Reign {
  private heardMs = performance.now();
  private seenAtWorkMs = performance.now();
  private beating = false;
  private why: string | undefined;
  private readonly heart: NodeJS.Timeout;
  private reject!: (reason: LeadershipLostError) => void;

  /** Rejects when the leadership is lost, also while the work hangs. Never resolves. */
  readonly lost = new Promise<never>((_, reject) => (this.reject = reject));

  /** @param sayAlive has the server hear of this leader. */
  constructor(private readonly sayAlive: () => Promise<unknown>) {
    this.heart = setInterval(() => void this.beat(), BEAT_MS);
  }

  /**
   * To be called before anything is mended, and between any two steps.
   * @throws LeadershipLostError
   */
  readonly assertHolds = (): void => {
    const nowMs = performance.now();
    this.seenAtWorkMs = nowMs;
    const silentMs = Math.round(nowMs - this.heardMs);
    if (silentMs > TRUSTED_MS) this.lose(`nothing was heard of this process for ${silentMs} ms`);
    if (this.why) throw new LeadershipLostError(this.why);
  };

  end(): void {
    clearInterval(this.heart);
  }

  private async beat(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.seenAtWorkMs > STANDSTILL_MS) return this.lose(`it has not got on for ${STANDSTILL_MS} ms`);
    if (nowMs - this.heardMs > TRUSTED_MS) return this.lose('PostgreSQL does not answer');
    if (this.beating) return;
    this.beating = true;
    try {
      await this.sayAlive();
      this.heardMs = nowMs;
    } catch (error) {
      this.lose((error as Error).message);
    } finally {
      this.beating = false;
    }
  }

  private lose(why: string): void {
    this.why ??= why;
    this.end();
    this.reject(new LeadershipLostError(this.why));
  }
}
