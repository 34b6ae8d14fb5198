import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const lib = (name: string) => fileURLToPath(new URL(`./libs/${name}/src/index.ts`, import.meta.url));

const shared = {
  plugins: [
    swc.vite({
      jsc: {
        target: 'es2022' as const,
        parser: { syntax: 'typescript' as const, decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      sourceMaps: true,
    }),
  ],
  oxc: false as const,
  resolve: {
    alias: Object.fromEntries(
      ['platform', 'events', 'tasks', 'budgets', 'testing'].map((name) => [`@budget-buddy/${name}`, lib(name)]),
    ),
  },
};

const setupFiles = ['reflect-metadata'];
const exclude = ['node_modules', 'dist'];
/** Starts the servers, once however many projects ask for them. */
const globalSetup = ['./test/global-setup.ts'];

/** What breaks servers and processes, and mostly waits for what becomes of it: two of these files run side by side. */
const inPairs = [
  'test/{clusters,hostile}/**/*.e2e-spec.ts',
  'test/{faults,frozen-leader,outages,preflight,redis-eviction,sigterm-at-start}.e2e-spec.ts',
];
const e2e = { setupFiles, globalSetup, testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.mjs'],
    projects: [
      { ...shared, test: { name: 'unit', include: ['{apps,libs,tools,test}/**/*.spec.ts'], exclude, setupFiles } },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['{apps,libs,tools,test}/**/*.int-spec.ts'],
          exclude,
          setupFiles,
          globalSetup,
          // They wait for servers more than they work.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          exclude: [...exclude, ...inPairs],
          ...e2e,
          // The apps of one file have the machine to themselves: what is measured there is their lateness.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e-in-pairs',
          include: inPairs,
          exclude,
          ...e2e,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
