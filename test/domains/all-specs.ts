import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

// All specs of the domains as one: a mutant then waits once for what they import, not once for each.
// Properties draw the same cases each time, and fail without looking for the smallest case, which
// takes longer than a mutant may. What runs in processes of its own does not see the mutant.
fc.configureGlobal({ seed: 20_261_121, endOnFailure: true });

const libs = fileURLToPath(new URL('../../libs', import.meta.url));
const specs = readdirSync(libs, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\/src\/domain\/.*(?<!-in-zones)\.spec\.js$/.test(path))
  // From the end of the alphabet, so that single decisions come before whole conversations.
  .toSorted()
  .toReversed();
for (const path of specs) await import(join(libs, path));
