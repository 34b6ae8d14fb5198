import { MOST_ROWS_A_TABLE } from './assumptions';
import type { Demand } from './demand';

/** Which servers serve a demand, in words. */
export interface ServerSetUp {
  readonly rabbit: string;
  readonly redis: string;
  readonly postgres: string;
}

/** Chooses among the settings that the apps know (docs/clusters.md); a cell is a whole system with its part of the budgets. */
export function setUpOf({ postgres, redis, rabbit }: Demand): ServerSetUp {
  const { cells } = postgres;
  const inEachOf = cells === 1 ? '' : `in each of ${cells} cells: `;
  const masters = Math.ceil(redis.masters / cells);
  return {
    rabbit: `${inEachOf}3 nodes with quorum queues, ${cores(rabbit.cores / cells)} each`,
    redis:
      inEachOf +
      (masters === 1
        ? 'one master with a replica, behind Sentinels'
        : `Redis Cluster, ${masters} masters, a hash-tagged queue on each`),
    postgres: `${inEachOf}one primary with ${cores(postgres.cores / cells)}, tables ${
      postgres.rows / cells > MOST_ROWS_A_TABLE ? 'partitioned by month' : 'as they are'
    }`,
  };
}

function cores(needed: number): string {
  const whole = Math.max(1, Math.ceil(needed));
  return whole === 1 ? '1 core' : `${whole} cores`;
}
