// Runs the specs: first those that bear neighbours, side by side; then, one after the other, those that
// need the machine for themselves, because they start many processes and take them down. With arguments
// it runs what Jest makes of them.
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
const runs =
  given.length > 0
    ? [given]
    : [[`--testPathIgnorePatterns=${alone}`], [`--testPathPatterns=${alone}`, '--runInBand']];
for (const flags of runs) process.exitCode = (await run(flags)) || process.exitCode || 0;
