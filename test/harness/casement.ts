import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Demo } from './client.js';
import { Process, type Ended, type Environment } from './process.js';
import { embedded, storesOf, type TestStores } from './stores.js';

export type { Answer, Demo, TokenName, Variables } from './client.js';

export type Starting = {
  readonly environment?: Environment;
  readonly fileKiBMax?: number;
  /** Where its data directory is made; else where temporary files are. */
  readonly under?: string;
  /** Where the compiled files are, if not here: of every start. */
  readonly program?: string;
  /** Its stores are files, whatever this run of the tests is about: the files are the subject. */
  readonly isEmbedded?: boolean;
};

/**
 * The real process on a data directory of its own. It can be ended and started again on the same data
 * and the same port.
 */
export class Casement extends Client {
  private constructor(
    readonly dataDirectory: string,
    readonly stores: TestStores,
    private starting: Starting,
    private process: Process,
    private told: Demo,
  ) {
    super();
  }

  static async start(starting: Starting = {}): Promise<Casement> {
    const dataDirectory = await mkdtemp(join(starting.under ?? tmpdir(), 'casement-'));
    const stores = starting.isEmbedded === true ? embedded : await storesOf(dataDirectory);
    const environment = { ...stores.environment, ...starting.environment };
    const whole = { ...starting, environment };
    const process = launch(dataDirectory, whole);
    await process.up();
    return new Casement(dataDirectory, stores, whole, process, await readDemo(dataDirectory));
  }

  override get demo(): Demo {
    return this.told;
  }

  /** Starts it again on the same data and port; what `starting` does not say stays as it was. */
  async restart(starting: Starting = {}): Promise<void> {
    const { port } = new URL(this.demo.url);
    const environment = { ...this.starting.environment, PORT: port, ...starting.environment };
    const { program } = this.starting;
    this.starting = { ...starting, environment, ...(program === undefined ? {} : { program }) };
    this.process = launch(this.dataDirectory, this.starting);
    await this.process.up();
    this.told = await readDemo(this.dataDirectory);
  }

  /** Resolves when the process is gone, whoever ended it. */
  get ended(): Promise<Ended> {
    return this.process.ended;
  }

  stop(): Promise<Ended> {
    return this.process.end('SIGTERM');
  }

  kill(): Promise<Ended> {
    return this.process.end('SIGKILL');
  }

  /** Ends it and takes its data away. */
  async remove(): Promise<void> {
    await this.kill();
    await this.stores.close();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  /** `casement <verb>`, beside the running process. */
  command(...verb: readonly string[]): Promise<Ended> {
    return Process.command(this.dataDirectory, this.stores.environment, verb);
  }
}

const launch = (
  dataDirectory: string,
  { environment = {}, fileKiBMax, program }: Starting,
): Process => {
  const where = program === undefined ? {} : { program };
  return Process.launch({ dataDirectory, environment, fileKiBMax: fileKiBMax ?? null, ...where });
};

export const readDemo = async (dataDirectory: string): Promise<Demo> =>
  JSON.parse(await readFile(join(dataDirectory, 'demo.json'), 'utf8'));
