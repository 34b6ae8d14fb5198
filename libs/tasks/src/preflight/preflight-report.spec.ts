import { describe, expect, it } from 'vitest';
import { PreflightReport, type ReadTask } from './preflight-report';

function reportOf(...read: Partial<ReadTask>[]): PreflightReport {
  const report = new PreflightReport();
  read.forEach((task, index) => report.add({ key: `k${index}`, task: 'sweep', known: true, version: 1, ...task }));
  return report;
}

describe('the report of a preflight', () => {
  it('counts by task and version, in their order', () => {
    const report = reportOf({ version: 2 }, { task: 'dust' }, {}, { why: 'torn' }, { version: 10 }, {});
    expect(report.groups).toMatchObject([
      { task: 'dust', version: 1, open: 1, unreadable: 0 },
      { task: 'sweep', version: 1, open: 3, unreadable: 1, examples: [{ key: 'k3', why: 'torn' }] },
      { task: 'sweep', version: 2, open: 1, unreadable: 0 },
      { task: 'sweep', version: 10, open: 1, unreadable: 0 },
    ]);
    expect(report).toMatchObject({ open: 6, unreadable: 1 });
  });

  it('names the first five of those that cannot be read, and counts them all', () => {
    const report = reportOf(...Array.from({ length: 1000 }, () => ({ why: 'torn' })));
    expect(report.groups[0]).toMatchObject({ unreadable: 1000 });
    expect(report.groups[0]?.examples.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4']);
  });

  it('tells of which tasks of this build none can be read', () => {
    const torn = { why: 'torn' };
    expect(reportOf({}, torn).whollyUnreadable).toEqual([]);
    expect(reportOf(torn, torn).whollyUnreadable).toEqual(['sweep']);
    expect(reportOf({ ...torn, version: 2 }, {}).whollyUnreadable).toEqual([]);
    expect(reportOf({ ...torn, version: 2 }, { task: 'dust' }).whollyUnreadable).toEqual(['sweep']);
    expect(reportOf({ ...torn, task: 'mop', known: false }).whollyUnreadable).toEqual([]);
    expect(reportOf().whollyUnreadable).toEqual([]);
  });
});
