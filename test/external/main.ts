import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../repository.js';
import { startPostgres } from '../postgres/index.js';
import { environmentWith } from '../harness/stores.js';
import { leftOut } from './left-out.js';

/**
 * The test suite once more, every engine on an EventStoreDB and a PostgreSQL instead of files, without
 * what would only show the same again. Takes what Jest takes.
 */
const postgres = await startPostgres();
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const without = leftOut.map(({ paths }) => `--testPathIgnorePatterns=${paths.source}`);
const child = spawn(process.execPath, [...jest, ...process.argv.slice(2), ...without], {
  cwd: root,
  env: {
    ...process.env,
    ...environmentWith(postgres.superuserUrl),
    CASEMENT_TEST_RETRY: 'once',
  },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
const [code] = (await once(child, 'close')) as [number | null];
await postgres.stop();
process.exitCode = code ?? 1;
