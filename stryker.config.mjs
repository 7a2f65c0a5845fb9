/**
 * Breaks the domains on purpose, one change at a time, and asks whether a spec notices. As everywhere
 * the compiled files are what is run: each round mutates the sources in a copy and builds that.
 */
export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  buildCommand: 'node scripts/build.mjs',
  mutate: ['libs/*/src/domain/**/*.ts', '!**/*.spec.ts'],
  jest: {
    configFile: 'jest-domains.config.mjs',
    // It would look for the specs of a source that jest does not know: they import what is compiled.
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  ignorePatterns: ['dist', 'docs', 'bench', 'apps'],
  concurrency: 2,
  timeoutMS: 10_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.mutants/report.json' },
  tempDirName: '.mutants',
};
