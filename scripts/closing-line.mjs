// Jest's last reporter. Ends a run with one plain line, `N passed, N failed`, that machines can
// read. A suite that could not run counts as one failure. Where CI is set, so does a test that was
// skipped or left to do: it looks green to whoever reads the sum alone.

const left = (suite) =>
  suite.testResults
    .filter(({ status }) => status === 'pending' || status === 'todo' || status === 'disabled')
    .map(({ fullName }) => `${suite.testFilePath}: ${fullName}`);

export default class ClosingLine {
  #error = undefined;

  onRunComplete(_contexts, results) {
    const forbidden = process.env.CI ? results.testResults.flatMap(left) : [];
    if (forbidden.length > 0) {
      this.#error = new Error(`CI forbids skipped tests:\n  ${forbidden.join('\n  ')}`);
      console.error(this.#error.message);
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + forbidden.length;
    // Jest always puts its own summary last; the exit of the process comes after it.
    process.once('exit', () => console.log(`\n${results.numPassedTests} passed, ${failed} failed`));
  }

  getLastError() {
    return this.#error;
  }
}
