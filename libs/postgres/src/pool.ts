import pg from 'pg';

/** Who may wait for a connection; whoever comes next is told at once. */
const waitingMax = 10_000;
const idleMsMax = 30_000;

export type PoolOptions = {
  readonly config: pg.ClientConfig;
  readonly connectionsMax: number;
  /** Thrown by a pool that is closed or overrun. */
  readonly Unavailable: new (why: string) => Error;
};

/** Connections of one kind. What breaks is replaced when it is next needed. */
export class Pool {
  readonly #pool: pg.Pool;
  readonly #Unavailable: PoolOptions['Unavailable'];

  constructor({ config, connectionsMax, Unavailable }: PoolOptions) {
    this.#Unavailable = Unavailable;
    this.#pool = new pg.Pool({ ...config, max: connectionsMax, idleTimeoutMillis: idleMsMax });
    // A lost connection is told to whoever uses it; of others nobody needs to know.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Lends a connection for as long as `work` takes. Throws what `work` throws, after which a connection
   * that `isBroken` is closed; and, as `told`, that there was none.
   */
  async lend<T>(
    work: (client: pg.ClientBase) => Promise<T>,
    after: {
      readonly isBroken: (error: unknown) => boolean;
      readonly told: (error: unknown) => Error;
    },
  ): Promise<T> {
    const client = await this.#client().catch((error: unknown) => {
      throw after.told(error);
    });
    let isBroken = false;
    try {
      return await work(client);
    } catch (error) {
      isBroken = after.isBroken(error);
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** Once all that are lent are back. */
  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #client(): Promise<pg.PoolClient> {
    if (this.#pool.ending)
      throw new this.#Unavailable('the connections to PostgreSQL have been closed');
    if (this.#pool.waitingCount >= waitingMax)
      throw new this.#Unavailable('too many wait for a connection to PostgreSQL');
    return this.#pool.connect();
  }
}

/** What `work` gives, once `opened` is closed again. */
export const closedAfter = async <Opened extends { close: () => Promise<void> }, T>(
  opened: Opened,
  work: (opened: Opened) => Promise<T>,
): Promise<T> => {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
};
