import { ok, problem, type Finding } from './finding.js';

/** As `engines` in package.json: ^20.19.0 || >=22.12.0. */
const isSupported = ([major = 0, minor = 0]: readonly number[]): boolean =>
  (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;

export const checkNode = (version: string): Finding =>
  isSupported(version.split('.').map(Number))
    ? ok('node', `Node.js ${version}`)
    : problem('node', `Node.js ${version}`, 'install Node.js 20.19, 22.12 or newer');
