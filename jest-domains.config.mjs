import { existsSync, readdirSync } from 'node:fs';
import base from './jest.config.mjs';

const libs = readdirSync(new URL('libs', import.meta.url)).map(
  (lib) => `./libs/${lib}/src/domain/`,
);
const domains = libs.filter((path) => existsSync(new URL(path, import.meta.url)));
const held = { branches: 95 };

/** The specs of the domains as one suite, which says how many of their branches it has seen. */
export default {
  ...base,
  testMatch: ['**/test/domains/all-specs.js'],
  collectCoverage: true,
  coverageProvider: 'v8',
  coverageReporters: ['text'],
  collectCoverageFrom: ['libs/*/src/domain/**/*.js', '!**/*.spec.js'],
  coverageThreshold: { global: held, ...Object.fromEntries(domains.map((path) => [path, held])) },
};
