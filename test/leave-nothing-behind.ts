import { afterAll, vi } from 'vitest';

// Files that run one after the other in one process share its environment and its classes' prototypes.
const before = { ...process.env };

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
