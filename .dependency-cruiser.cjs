/**
 * Imports run one way: platform <- events, tasks <- budgets <- apps.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const specs = '\\.(spec|int-spec|e2e-spec)\\.ts$';

/** @param {string} name @param {string} comment @param {string} from @param {string} to */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: specs },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    never(
      'platform-stands-alone',
      'platform knows no other lib',
      '^libs/platform/',
      '^(libs/(?!platform/)|apps/|tools/|test/)',
    ),
    never(
      'events-on-platform',
      'events know platform only',
      '^libs/events/',
      '^(libs/(?!platform/|events/)|apps/|tools/|test/)',
    ),
    never(
      'tasks-on-platform',
      'tasks know platform only',
      '^libs/tasks/',
      '^(libs/(?!platform/|tasks/)|apps/|tools/|test/)',
    ),
    never(
      'budgets-on-libs',
      'budgets know platform, events and tasks',
      '^libs/budgets/',
      '^(libs/testing/|apps/|tools/|test/)',
    ),
    never(
      'testing-on-libs',
      'the test kit knows platform, events and tasks',
      '^libs/testing/',
      '^(libs/budgets/|apps/|test/)',
    ),
    never('apps-on-libs', 'an app is made of libs, not of tools or tests', '^apps/', '^(libs/testing/|tools/|test/)'),
    {
      name: 'no-app-imports-an-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: specs },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'a-lib-is-its-index',
      comment: 'what a lib does not export in its index.ts is private to it',
      severity: 'error',
      from: { path: '^(libs/([^/]+)|apps|tools|test)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
