import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@budget-buddy/testing';

/** The real dashboard, from its source, as a process of its own on a free port. */
export class DashboardProcess {
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.output += String(chunk)));
  }

  /** @param env beside the environment of the tests; the servers' URLs come from there. */
  static async start(env: Record<string, string>): Promise<DashboardProcess> {
    const args = ['--require', './test/run-typescript.cjs', 'apps/dashboard/src/main.ts'];
    const own = {
      ...{ BUDGETBUDDY_DASHBOARD_PORT: '0', BUDGETBUDDY_HTTP_HOST: '127.0.0.1', BUDGETBUDDY_LOG_FORMAT: 'json' },
      // What the developer has set is for another dashboard.
      ...{ BUDGETBUDDY_DASHBOARD_USERNAME: '', BUDGETBUDDY_DASHBOARD_PASSWORD: '', BUDGETBUDDY_QUEUES: '' },
    };
    const dashboard = new DashboardProcess(
      spawn(process.execPath, args, { env: { ...process.env, ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    await waitFor(() => dashboard.port || dashboard.hasEnded, {
      timeoutMs: 30_000,
      description: 'the dashboard to start',
    });
    if (dashboard.hasEnded) throw new Error(`the dashboard ended:\n${dashboard.log}`);
    return dashboard;
  }

  /** Like {@link start}, and waits until it has reached Redis. */
  static async startReady(env: Record<string, string>): Promise<DashboardProcess> {
    const dashboard = await DashboardProcess.start(env);
    await waitFor(async () => (await dashboard.get('/healthcheck')).ok, {
      description: 'the dashboard to reach Redis',
    });
    return dashboard;
  }

  /** Everything it wrote to its log. */
  get log(): string {
    return this.output;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** 0 until it listens. */
  get port(): number {
    return Number(/dashboard is up.*?:(\d+)\/health/.exec(this.output)?.[1] ?? 0);
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url(path), { headers });
  }

  /** Ends it as an orchestrator would. @returns its exit code */
  async terminate(): Promise<number | null> {
    if (!this.hasEnded) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exit;
    }
    return this.child.exitCode;
  }
}
