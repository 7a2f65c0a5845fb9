import { join } from 'node:path';
import Database from 'libsql';

/** Another process (or another store of this one) owns the data directory for writing. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/**
 * Takes the directory for this store alone. The lock is SQLite's on a file of its own: the system
 * drops it with the process, however that ends, so nothing is left to clean up after a crash.
 */
export const takeOwnership = (directory: string): { readonly release: () => void } => {
  const lock = new Database(join(directory, 'owner.lock'));
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
