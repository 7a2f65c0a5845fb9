import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeDatabase } from '#view-store';

const named = /^(views\.check-(\d+)\.db)(?:-wal|-shm)?$/;

/**
 * Where this process builds views to compare: in the data directory, which nobody else can read, for
 * they hold personal data in clear. What a killed predecessor left there is removed.
 */
export const checkFile = async (directory: string): Promise<string> => {
  for (const name of await readdir(directory)) {
    const [, file = '', builder] = named.exec(name) ?? [];
    if (builder !== undefined && !isRunning(Number(builder)))
      await removeDatabase(join(directory, file));
  }
  return join(directory, `views.check-${process.pid}.db`);
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
