import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from './recovery';
import { type SystemOptions, SystemUnderTest } from './system-under-test';

/** What {@link withSystem} needs to know. */
interface BreakingOptions extends Pick<SystemOptions, 'schedulers' | 'workers' | 'print' | 'signal'> {
  /** What the folder of the logs is called after. */
  readonly name: string;
  /** Keep the logs also of a run that found nothing. */
  readonly keepLogs: boolean;
}

/**
 * Has `work` break a system of its own, which is put away afterwards; its logs are kept if something was found.
 * @param work @returns whether nothing was found.
 */
export async function withSystem(
  { name, keepLogs, ...options }: BreakingOptions,
  work: (system: SystemUnderTest, logFolder: string) => Promise<boolean>,
): Promise<boolean> {
  const logFolder = await mkdtemp(join(tmpdir(), `budget-buddy-${name.replace(/[^\w-]/g, '_')}-`));
  options.print(`logs in ${logFolder}`);
  forgetConfiguration();
  let clean = false;
  try {
    const system = await SystemUnderTest.start({ ...options, settings: SETTINGS, logFolder });
    try {
      clean = await work(system, logFolder);
      return clean;
    } finally {
      await system.stop();
    }
  } finally {
    if ((clean || options.signal.aborted) && !keepLogs) await rm(logFolder, { recursive: true, force: true });
    else options.print(`the logs are in ${logFolder}`);
  }
}

/** The apps of the run are to be configured by it alone. */
function forgetConfiguration(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('BUDGETBUDDY_')) delete process.env[name];
}
