import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { read, root } from '../repository.js';
import { broken, printed, servedSdl, snapshotPath } from './served.js';

// Keeps the schema as clients may see it. What would break them is refused, unless it is meant.
const file = join(root, snapshotPath);
const breaks = existsSync(file) ? broken(read(snapshotPath), servedSdl) : [];
for (const change of breaks) process.stdout.write(`breaks clients: ${change}\n`);
if (breaks.length > 0 && !process.argv.includes('--breaking')) {
  process.stdout.write('Nothing was written. If it is meant: npm run schema -- --breaking\n');
  process.exitCode = 1;
} else {
  writeFileSync(file, printed(buildSchema(servedSdl)));
}
