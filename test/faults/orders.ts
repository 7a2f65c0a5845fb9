import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '../harness/eventually.js';
import { root } from '../repository.js';

/** What is done inside the process: see inside.ts. */
export type Orders = {
  /** How far the wall clock is off. */
  readonly wallMs: number;
  /**
   * Once not sound, each write to the log seems to succeed and is lost, and the sync fails: as when the
   * kernel has thrown away pages that it could not write.
   */
  readonly isLogSound: boolean;
};

/** Gives orders to one process. */
export class Commander {
  private constructor(
    private readonly directory: string,
    private readonly path: string,
  ) {}

  static async begin(): Promise<Commander> {
    const directory = await mkdtemp(join(tmpdir(), 'casement-orders-'));
    const commander = new Commander(directory, join(directory, 'orders.json'));
    await commander.orders({});
    return commander;
  }

  /** What the process has to be started with. */
  get environment(): { readonly [name: string]: string } {
    const inside = pathToFileURL(join(root, 'dist/test/faults/inside.js'));
    return { NODE_OPTIONS: `--import ${inside.href}`, FAULTS_ORDERS: this.path };
  }

  async orders(orders: Partial<Orders>): Promise<void> {
    const all: Orders = { wallMs: 0, isLogSound: true, ...orders };
    await writeFile(`${this.path}.new`, JSON.stringify(all));
    await rename(`${this.path}.new`, this.path);
  }

  /** Resolves when the log's file has been replaced; throws when the process had none open. */
  async isDone(): Promise<void> {
    const done = `${this.path}.done`;
    const count = await eventually('the order being carried out', () => readFile(done, 'utf8'));
    if (Number(count) === 0) throw new Error('the process has no log.db-wal open');
  }

  end(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
