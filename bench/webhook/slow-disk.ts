import Database from 'libsql';

// Loaded before a server and in each of its threads: every commit takes two milliseconds longer, as
// it does on a disk whose cache cannot be trusted. Here a sync costs next to nothing, and would hide
// that somebody commits too often.

const commitDelayMs = 2;
// oxlint-disable-next-line typescript/unbound-method -- called below on what it was asked of.
const { exec } = Database.prototype;

Database.prototype.exec = function slow(this: Database.Database, sql: string) {
  if (sql === 'COMMIT') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, commitDelayMs);
  return exec.call(this, sql);
};
