import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/longest-first.mjs';

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

const setupFiles = ['reflect-metadata', './test/leave-nothing-behind.ts'];
/** One file after the other: loading Nest, Bull and the rest anew for each took as long as the tests themselves. */
const inOneProcess = { isolate: false };
const exclude = ['node_modules', 'dist'];
/** Starts the servers, once however many projects ask for them. */
const globalSetup = ['./test/global-setup.ts'];

/** What breaks servers, and promises how soon that is noticed: two of these files run side by side. */
const inPairs = ['test/{faults,frozen-leader,outages}.e2e-spec.ts'];
/**
 * What breaks servers and processes, and mostly waits for what becomes of it, or only sees that a program does what it
 * says: three of these files run side by side.
 */
const inThrees = [
  'test/{clusters,dashboard,defects,hostile}/**/*.e2e-spec.ts',
  'test/{bench,bench-growth,bench-reconciler,duplicates,interrupted-outage,kill,preflight}.e2e-spec.ts',
  'test/{redis-eviction,sigterm,sigterm-at-start,start,unheard-renewal}.e2e-spec.ts',
];
const e2e = { setupFiles, globalSetup, ...inOneProcess, testTimeout: 120_000, hookTimeout: 120_000 };

function sideBySide(
  name: string,
  include: string[],
  { maxWorkers, groupOrder }: Record<'maxWorkers' | 'groupOrder', number>,
) {
  return { ...shared, test: { name, include, exclude, ...e2e, maxWorkers, sequence: { groupOrder } } };
}

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.mjs'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{apps,libs,tools,test}/**/*.spec.ts'],
          exclude,
          setupFiles,
          ...inOneProcess,
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['{apps,libs,tools,test}/**/*.int-spec.ts'],
          exclude,
          setupFiles,
          globalSetup,
          ...inOneProcess,
          // They wait for servers more than they work.
          maxWorkers: 3,
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
          exclude: [...exclude, ...inPairs, ...inThrees],
          ...e2e,
          // The apps of one file have the machine to themselves: what is measured there is their lateness.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      sideBySide('e2e-in-threes', inThrees, { maxWorkers: 3, groupOrder: 3 }),
      sideBySide('e2e-in-pairs', inPairs, { maxWorkers: 2, groupOrder: 4 }),
    ],
  },
});
