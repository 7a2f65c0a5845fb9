/** The tests run the compiled files in dist/: the very code that ships, worker threads included. */
export default {
  rootDir: 'dist',
  testEnvironment: 'node',
  transform: { '\\.js$': '<rootDir>/../scripts/source-maps.cjs' },
  testMatch: ['**/*.spec.js'],
  injectGlobals: false,
  maxWorkers: 2,
  testTimeout: 30_000,
  setupFilesAfterEnv:
    process.env.CASEMENT_TEST_RETRY === 'once' ? ['<rootDir>/../scripts/retry.mjs'] : [],
  errorOnDeprecated: true,
  reporters: ['default', '<rootDir>/../scripts/closing-line.mjs'],
};
