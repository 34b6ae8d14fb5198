/** Ends a run with one plain line, `N passed, N failed`, whatever else was printed. */
export default class ClosingLineReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} errors outside of any test
   */
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state) => tests.filter((test) => test.result().state === state).length;
    // A file that cannot be loaded, or whose set-up fails, has no failed test and has failed all the same.
    const isBroken = (module) =>
      module.state() === 'failed' && ![...module.children.allTests()].some((test) => test.result().state === 'failed');
    const broken = modules.filter(isBroken).length + errors.length;
    this.line = `${count('passed')} passed, ${count('failed') + broken} failed`;
    const skipped = count('skipped');
    if (skipped > 0) this.line += `, ${skipped} skipped`;
    // After the summary of the default reporter, which prints when the run has ended.
    process.on('exit', () => process.stdout.write(`${this.line}\n`));
  }
}
