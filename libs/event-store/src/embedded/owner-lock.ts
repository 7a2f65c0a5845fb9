import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';

const lockFile = (directory: string): string => join(directory, 'owner.lock');
/** Who only looks whether there is an owner holds the file for an instant: that is waited for. */
const lookerWaitMs = 250;

/** Another process (or another store of this one) owns the data directory for writing. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/**
 * Takes the directory for this store alone. The lock is SQLite's on a file of its own: the system
 * drops it with the process, however that ends, so nothing is left to clean up after a crash.
 */
export const takeOwnership = (directory: string): { readonly release: () => void } => {
  const lock = new Database(lockFile(directory), { timeout: lookerWaitMs });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new DataDirectoryInUse(
      `${directory} is in use by another process: stop that one first, choose another data ` +
        'directory, or open it read-only',
      { cause: error },
    );
  }
  return { release: () => lock.close() };
};

/** Whether a process owns the directory for writing now. Takes nothing and writes nothing. */
export const isOwned = (directory: string): boolean => {
  if (!existsSync(lockFile(directory))) return false;
  const look = new Database(`${pathToFileURL(lockFile(directory)).href}?mode=ro`, { timeout: 0 });
  try {
    look.prepare('SELECT 1 FROM sqlite_schema').all();
    return false;
  } catch (error) {
    // Any other complaint is about what a killed owner left behind.
    return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
  } finally {
    look.close();
  }
};
