import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const size = '48m';
const run = promisify(execFile);

/** A file system of 48 MB, in memory. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Null where none may be mounted. */
  static async mount(): Promise<SmallDisk | null> {
    const path = await mkdtemp(join(tmpdir(), 'casement-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
      return new SmallDisk(path);
    } catch {
      await rmdir(path);
      return null;
    }
  }

  /** What was left on it is gone. */
  async unmount(): Promise<void> {
    await run('umount', ['-l', this.path]);
    await rmdir(this.path);
  }
}
