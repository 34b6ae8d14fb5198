import type { RawMessage } from './raw-process';

/** What the parent wants of this process. */
export function settings<Settings>(): Settings {
  return JSON.parse(process.argv[2]!) as Settings;
}

/** Tells the parent, and resolves once it is told. */
export async function tell(message: RawMessage): Promise<void> {
  await new Promise<void>((resolve) => process.send!(message, () => resolve()));
}
