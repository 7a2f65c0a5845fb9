// Runs the specs that bear neighbours, side by side; with `--alone`, one after the other, those that need
// the machine for themselves, because they start many processes and take them down. Other arguments are
// Jest's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const alone = '/dist/test/clusters/';

const run = async (flags) => {
  const isAlone = flags.includes('--runInBand');
  const env = { ...process.env, ...(isAlone ? { CASEMENT_TEST_RETRY: 'once' } : {}) };
  const child = spawn(process.execPath, [...jest, ...flags], { stdio: 'inherit', env });
  const [code] = await once(child, 'close');
  return code ?? 1;
};

const given = process.argv.slice(2);
const flags =
  given[0] === '--alone'
    ? [`--testPathPatterns=${alone}`, '--runInBand', ...given.slice(1)]
    : given.length > 0
      ? given
      : [`--testPathIgnorePatterns=${alone}`];
process.exitCode = await run(flags);
