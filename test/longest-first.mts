import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest of those that run side by side: started last, it would run alone at the end. Each of the two
 * benchmarks keeps a core busy, so others begin between them; and what starts servers of its own and is judged by how late
 * it is (`outages`, `faults`) does not begin together either.
 */
const LONGEST = [
  'test/bench.e2e-spec.ts',
  'test/clusters/rabbitmq-cluster.e2e-spec.ts',
  'test/start.e2e-spec.ts',
  'test/sigterm-at-start.e2e-spec.ts',
  'test/hostile/secrets.e2e-spec.ts',
  'test/bench-growth.e2e-spec.ts',
  'test/interrupted-outage.e2e-spec.ts',
  'test/outages.e2e-spec.ts',
  'test/frozen-leader.e2e-spec.ts',
  'test/faults.e2e-spec.ts',
  'tools/ready.int-spec.ts',
  'tools/servers/interrupted-runs.int-spec.ts',
];

/** Of the files that run side by side, those that take longest begin first. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
  return rank === -1 ? LONGEST.length : rank;
}
