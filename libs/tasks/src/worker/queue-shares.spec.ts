import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QueueShares } from './queue-shares';

let shares: QueueShares;
/** What runs, in the order in which it began. */
let running: { name: string; end: () => void }[];

beforeEach(() => {
  vi.useFakeTimers();
  shares = new QueueShares();
  running = [];
});
afterEach(() => void vi.useRealTimers());

/** A task that runs until it is told to end. */
function begin(queue: string, name = queue): Promise<void> {
  return shares.run(queue, () => new Promise<void>((resolve) => running.push({ name, end: resolve })));
}

function beginMany(queue: string, count: number): Promise<void>[] {
  return Array.from({ length: count }, (_, number) => begin(queue, `${queue} ${number}`));
}

async function endFirst(): Promise<string> {
  const first = running.shift()!;
  first.end();
  await vi.advanceTimersByTimeAsync(0);
  return first.name;
}

const names = (queue: string, count: number) => Array.from({ length: count }, (_, number) => `${queue} ${number}`);

describe('QueueShares', () => {
  it('lets a queue that is alone run all it has', () => {
    void beginMany('storm', 200);
    expect(running).toHaveLength(200);
  });

  it.each<[string, () => void]>([
    ['runs', () => void begin('other')],
    ['only came', () => shares.came('other')],
  ])('lets a queue run few at a time beside one of which a task %s, in order', async (_, another) => {
    another();
    running = [];
    const all = beginMany('storm', 100);
    expect(running).toHaveLength(30);
    const ended: string[] = [];
    while (running.length > 0) {
      expect(running.length).toBeLessThanOrEqual(30);
      ended.push(await endFirst());
    }
    await Promise.all(all);
    expect(ended).toEqual(names('storm', 100));
  });

  it('has no task of one queue wait for those of another', () => {
    void beginMany('storm', 200);
    void begin('other');
    expect(running.at(-1)!.name).toBe('other');
  });

  it('has a queue run all it has again when no more came of the other one, although none of its own ended', async () => {
    void begin('other');
    void beginMany('storm', 100);
    await vi.advanceTimersByTimeAsync(999);
    expect(running).toHaveLength(1 + 30);
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toHaveLength(1 + 100);
  });

  it('lets none that comes later get ahead', async () => {
    shares.came('other');
    await vi.advanceTimersByTimeAsync(500);
    void beginMany('storm', 100);
    await vi.advanceTimersByTimeAsync(700);
    void begin('storm', 'late');
    await vi.advanceTimersByTimeAsync(300);
    expect(running.map(({ name }) => name)).toEqual([...names('storm', 100), 'late']);
  });

  it('keeps to it as long as tasks of the other one come, or wait', async () => {
    void begin('other');
    void beginMany('storm', 100);
    await vi.advanceTimersByTimeAsync(700);
    shares.came('other');
    await vi.advanceTimersByTimeAsync(700);
    expect(running).toHaveLength(1 + 30);
    void beginMany('other', 50);
    expect(running).toHaveLength(30 + 30);
    for (let number = 0; number < 3; number++) {
      await vi.advanceTimersByTimeAsync(700);
      shares.came('storm');
    }
    expect(running).toHaveLength(30 + 30);
  });

  it('gives the place of one that failed to the next', async () => {
    shares.came('other');
    const failed = Array.from({ length: 60 }, () => shares.run('storm', () => Promise.reject(new Error('broken'))));
    for (const each of failed) await expect(each).rejects.toThrow('broken');
    void beginMany('storm', 31);
    expect(running).toHaveLength(30);
  });

  it('gives way no more when the process ends', async () => {
    shares.came('other');
    void beginMany('storm', 100);
    shares.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(running).toHaveLength(100);
    void begin('storm');
    expect(running).toHaveLength(101);
  });
});
