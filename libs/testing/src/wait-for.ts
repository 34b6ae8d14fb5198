/** What {@link waitFor} may be told. */
export interface WaitOptions {
  /** How long to wait before giving up, in ms. */
  timeoutMs?: number;
  /** How often to look, in ms. */
  intervalMs?: number;
  /** What is waited for, as the error says it. */
  description?: string;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Waits until `condition` gives something truthy, and gives that back. A condition that throws is tried again.
 * @throws Error that names the description and the last error, when the time is over.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 20, description = 'the condition' }: WaitOptions = {},
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result as Truthy<T>;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain for ${description}`, { cause: failure });
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
