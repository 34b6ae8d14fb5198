/** A node of a plan, as `EXPLAIN (FORMAT JSON)` writes it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  /** For each loop. */
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Actual Total Time'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that was run, and how. */
export interface Plan {
  /** PostgreSQL's process that ran it. */
  readonly pid: number;
  readonly text: string;
  readonly root: PlanNode;
}

/** What a plan does to the tables: `Index Scan of task by task_pkey`. */
export function scansOf({ root }: Pick<Plan, 'root'>): string[] {
  const scans = nodesOf(root).flatMap((node) => {
    const { 'Relation Name': table, 'Index Name': index, 'Node Type': type } = node;
    if (type === 'Bitmap Index Scan') return [`${type} by ${index}`];
    if (!table || !type.includes('Scan')) return [];
    return [`${type} of ${table}${index ? ` by ${index}` : ''}`];
  });
  return [...new Set(scans)];
}

/** The tables that are read from their beginning to their end. */
export function tablesReadWhole({ root }: Pick<Plan, 'root'>): string[] {
  const whole = nodesOf(root).filter((node) => node['Node Type'] === 'Seq Scan');
  return [...new Set(whole.map((node) => node['Relation Name']!))];
}

/** Blocks of 8 KB that were looked at, and the time it took, in ms. */
export function costOf({ root }: Pick<Plan, 'root'>): { readonly blocks: number; readonly ms: number } {
  const { 'Shared Hit Blocks': hit = 0, 'Shared Read Blocks': read = 0, 'Actual Total Time': ms = 0 } = root;
  return { blocks: hit + read, ms };
}

/** More than a page of whatever is read page by page. */
const MANY_ROWS = 5_000;

/** The indexes that are walked along without a condition, and not left after a page. */
export function indexesReadWhole({ root }: Pick<Plan, 'root'>): string[] {
  const whole = nodesOf(root).filter((node) => {
    const { 'Index Cond': condition, 'Actual Rows': rows = 0, 'Rows Removed by Filter': removed = 0 } = node;
    const isWalk = node['Node Type'].includes('Index') && condition === undefined;
    return isWalk && (rows + removed) * (node['Actual Loops'] ?? 1) > MANY_ROWS;
  });
  return [...new Set(whole.map((node) => node['Index Name']!))];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
