import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium as playwright, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, CHROMIUM_ARGS } from '../../tools/chromium';
import { BareBoard } from './bare-board';
import { DashboardProcess } from './dashboard-process';
import { DELAYED_JOB, FilledQueue, QUEUE } from './filled-queue';

const CHANGING = /promote|clean|retry|empty|obliterate|pause|resume|remove|delete|add job|duplicate|update|edit/i;
const DELAYED_PAGE = `/queue/${QUEUE}?status=delayed`;
const INSTALLING_MS = 300_000;

describe('the dashboard in a browser', () => {
  const complaints: string[] = [];
  const foreign: string[] = [];
  let queue: FilledQueue;
  let dashboard: DashboardProcess;
  let profile: string;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const executablePath = await chromium();
    queue = await FilledQueue.create();
    dashboard = await DashboardProcess.startReady({ BUDGETBUDDY_REDIS_PREFIX: queue.prefix });
    profile = await mkdtemp(join(tmpdir(), 'budget-buddy-chromium-'));
    browser = await playwright.launchPersistentContext(profile, { executablePath, args: [...CHROMIUM_ARGS] });
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(dashboard.url()) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
  }, INSTALLING_MS);

  afterAll(async () => {
    await browser?.close();
    await dashboard?.terminate();
    await queue?.remove();
    if (profile) await rm(profile, { recursive: true, force: true });
  });

  it('shows the queue and what is in it', async () => {
    await show('/', 'overview');
    await page.locator('main').getByText(QUEUE).first().waitFor();
    await page.locator('main').getByText('Delayed').first().waitFor();
    expect(await page.title()).toContain('Budget Buddy Tasks');
    expect(await changingButtons()).toEqual([]);
  });

  it('shows a delayed task, and no button that would promote or remove it', async () => {
    await show(DELAYED_PAGE, 'delayed');
    await page.getByText(DELAYED_JOB).first().waitFor();
    expect(await changingButtons()).toEqual([]);
  });

  it('shows one task with its payload', async () => {
    await show(`/queue/${QUEUE}/${DELAYED_JOB}`, 'task');
    await page.getByText('budget_renewal_task').first().waitFor();
    expect(await changingButtons()).toEqual([]);
  });

  it('shows a failed task with its error, without a way to run it past the ledger', async () => {
    await show(`/queue/${QUEUE}?status=failed`, 'failed');
    await page.getByText('the budget is unknown').first().waitFor();
    expect(await changingButtons()).toEqual([]);
  });

  it('had nothing to complain of in its console', () => {
    expect(complaints).toEqual([]);
  });

  it('asked no other site for anything', () => {
    expect(foreign).toEqual([]);
  });

  it('would have been seen to have such buttons, had it any', async () => {
    const board = await BareBoard.serve(queue.prefix, { readOnlyMode: false });
    await page.goto(new URL(DELAYED_PAGE, board.url).href, { waitUntil: 'domcontentloaded' });
    await page.getByText(DELAYED_JOB).first().waitFor();
    expect((await changingButtons()).join()).toMatch(/promote/i);
    await page.goto('about:blank');
    await board.close();
  });

  async function show(path: string, name: string): Promise<void> {
    await page.goto(dashboard.url(path));
    await page.waitForLoadState('networkidle');
    const folder = process.env['SCREENSHOTS'];
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  /** By the names that a screen reader would read. */
  async function changingButtons(): Promise<string[]> {
    const buttons = await page.getByRole('button').all();
    const names = buttons.map(async (button) =>
      [await button.textContent(), await button.getAttribute('aria-label'), await button.getAttribute('title')].join(
        ' ',
      ),
    );
    return (await Promise.all(names)).filter((name) => CHANGING.test(name));
  }
});
