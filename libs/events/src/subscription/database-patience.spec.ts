import { DatabaseUnavailableError } from '@budget-buddy/platform';
import { describe, expect, it, vi } from 'vitest';
import { DatabasePatience } from './database-patience';

const away = () => new DatabaseUnavailableError(new Error('ECONNREFUSED'));
const never = new AbortController().signal;

describe('holding a message while the database is away', () => {
  it('tries until it works', async () => {
    const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce(away()).mockResolvedValueOnce('done');
    await expect(new DatabasePatience().run(work, never)).resolves.toBe('done');
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('gives every other error back at once', async () => {
    const work = vi.fn<() => Promise<string>>().mockRejectedValue(new Error('no'));
    await expect(new DatabasePatience().run(work, never)).rejects.toThrow('no');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('gives up after its time', async () => {
    const work = vi.fn<() => Promise<string>>().mockRejectedValue(away());
    await expect(new DatabasePatience(150).run(work, never)).rejects.toThrow(DatabaseUnavailableError);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('ends at once when it is aborted', async () => {
    const abort = new AbortController();
    const work = vi.fn<() => Promise<string>>().mockImplementation(async () => {
      abort.abort();
      throw away();
    });
    await expect(new DatabasePatience().run(work, abort.signal)).rejects.toThrow(DatabaseUnavailableError);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
