import { expect, it } from 'vitest';
import { StolenTime } from './stolen-time';

it('is the share of the time that was not idle', () => {
  const texts = ['cpu  10 0 10 500 0 0 0 5 0 0\ncpu0 1 1', 'cpu  40 10 20 900 50 5 5 25 7 7\ncpu0 2 2'];
  const stolen = new StolenTime(() => texts.shift()!);
  // user 30, nice 10, system 10, irq 5, softirq 5, steal 20.
  expect(stolen.describe()).toBe('25 % of the time in which there was work');
});

it('is read off this machine', () => {
  expect(new StolenTime().describe()).toMatch(/^\d+ % /);
});
