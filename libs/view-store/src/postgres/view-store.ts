import type { Cell } from '#kernel';
import { application, clientConfig, listenTo, projector, type Listening } from '#postgres';
import type {
  Caller,
  Calls,
  Serving,
  ViewsReaderCalls,
  ViewsWriterCalls,
} from '../database/calls.js';
import { mustBeBounded, mustBeQuery, queryRowsMax } from '../database/views-reading.js';
import { cellsFrom } from '../database/row-codec.js';
import { statementName } from '../database/statement-name.js';
import { DatabaseViewStore, type ViewsCallers } from '../database/view-store.js';
import { viewsWriting } from '../database/views-writing.js';
import { asPosition, positionFrom } from '../followers/positions.js';
import { ViewQueryFailed, ViewStoreUnavailable } from '../port.js';
import { selectCheckpoint } from '../sql.js';
import type { TableShape } from '../table-shape.js';
import { PostgresDatabase } from './database.js';
import { movedChannel, organisationSetting, selectCheckpointToMove } from './dialect.js';
import { StatementRefused } from './errors.js';

/** Connections that read for clients. More would wait for the server's processors, not for us. */
const readersMax = 8;
const queryMsMax = 10_000;
/** A batch of the projector; its connection is one. */
const commitMsMax = 60_000;
/** Comparing and reporting, page by page. */
const reportersMax = 2;
/** Who looks at the very moment of a swap may find the old checkpoint, which holds no row any more. */
const looksMax = 5;
/** How often a waiter looks while nobody tells this process what others have committed; and if. */
const untoldPollMs = 25;
const toldPollMs = 1_000;

export type OpenPostgresStore = {
  readonly url: string;
  readonly schema: string;
  readonly tables: ReadonlyMap<string, TableShape>;
};

/** Views in a schema of PostgreSQL, which is there. */
export class PostgresViewStore extends DatabaseViewStore {
  private listening: Listening | null = null;
  /** Whether what another process commits is told here at once. */
  private isTold = false;

  private constructor(callers: ViewsCallers) {
    super(callers);
  }

  /** Views that are served, and projected by whoever commits first. */
  static async open(options: OpenPostgresStore): Promise<PostgresViewStore> {
    const reader = readerOf(options);
    try {
      const opened = await writerOf(options, commitMsMax);
      const store = new PostgresViewStore({ ...opened, reader, tables: options.tables });
      store.listening = store.listenIn(options);
      return store;
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** Views that are being built: nobody reads them, and no statement takes too long. */
  static async building(options: OpenPostgresStore): Promise<PostgresViewStore> {
    const opened = await writerOf(options, null);
    return new PostgresViewStore({ ...opened, reader: null, tables: options.tables });
  }

  override async close(): Promise<void> {
    await this.listening?.stop();
    await super.close();
  }

  protected override pollMs(): number {
    return this.isTold ? toldPollMs : untoldPollMs;
  }

  private listenIn({ url, schema }: OpenPostgresStore): Listening {
    const reading = { url, role: application, schema, statementMsMax: queryMsMax, readOnly: true };
    return listenTo(clientConfig(application, reading), movedChannel, {
      notice: (payload) => {
        const [moved, position = ''] = payload.split(' ');
        if (moved === schema) this.moved(positionFrom(position));
      },
      begun: async () => {
        await this.look();
        this.isTold = true;
      },
      ended: () => {
        this.isTold = false;
      },
    });
  }
}

const writerOf = async ({ url, schema, tables }: OpenPostgresStore, msMax: number | null) => {
  const common = { url, role: projector, schema, connectionsMax: 1 };
  const database = new PostgresDatabase({ ...common, statementMsMax: msMax });
  try {
    const [row] = await database.prepare(selectCheckpointToMove).all([]);
    const [position, , generation] = row ?? [];
    const calls = viewsWriting({ database, tables, generation });
    const writer: Caller<ViewsWriterCalls> = calling(calls, () => database.close());
    return { writer, position: asPosition(typeof position === 'string' ? position : null) };
  } catch (error) {
    await database.close();
    throw error;
  }
};

/** Calls of this process, which throw as those of a thread do: by a promise. */
const calling = <Of extends Calls>(calls: Serving<Of>, close: () => Promise<void>): Caller<Of> => ({
  call: async (name, input) => calls[name](input),
  close,
});

const setOrganisation = `SELECT set_config('${organisationSetting}', ?, true)`;

const readerOf = (options: OpenPostgresStore): Caller<ViewsReaderCalls> => {
  const { url, schema } = options;
  const database = new PostgresDatabase({
    url,
    role: application,
    schema,
    connectionsMax: readersMax,
    statementMsMax: queryMsMax,
    readOnly: true,
  });
  const reporting = reportingOn(options);
  const calls: Serving<ViewsReaderCalls> = {
    query: ({ organisation, sql, parameters }) => {
      const asked = { sql: bounded(sql), parameters: parameters.map(comparable) };
      if (organisation === null) return answered(sql, () => reporting.readTogether([asked]));
      const whose = { sql: setOrganisation, parameters: [organisation] };
      return answered(sql, () => database.readTogether([whose, asked]));
    },
    position: async () => {
      for (let looked = 0; looked < looksMax; looked += 1) {
        const [row] = await database.prepare(selectCheckpoint).all([]);
        if (row !== undefined) return typeof row[0] === 'string' ? row[0] : null;
      }
      throw new ViewStoreUnavailable('the views are being replaced');
    },
  };
  return calling(calls, async () => {
    await Promise.all([database.close(), reporting.close()]);
  });
};

/** PostgreSQL takes no NUL in text, and no row holds any: in its place stands what nobody writes either. */
const comparable = (cell: Cell): Cell =>
  typeof cell === 'string' ? cell.replaceAll('\0', '\uffff\ufffe\uffff') : cell;

/** Sees everybody's rows and changes none. */
export const reportingOn = ({
  url,
  schema,
}: Pick<OpenPostgresStore, 'url' | 'schema'>): PostgresDatabase =>
  new PostgresDatabase({
    url,
    role: projector,
    schema,
    connectionsMax: reportersMax,
    statementMsMax: commitMsMax,
    readOnly: true,
  });

/** Within a SELECT of ours nothing but a query can stand, and no more than so many rows come. */
const bounded = (sql: string): string => {
  mustBeQuery(sql);
  return `SELECT * FROM (\n${sql}\n) AS asked LIMIT ${queryRowsMax + 1}`;
};

const answered = async (sql: string, ask: () => ReturnType<PostgresDatabase['readTogether']>) => {
  try {
    const { columns, rows } = await ask();
    mustBeBounded(sql, rows.length);
    return { columns, rows: cellsFrom(rows) };
  } catch (error) {
    // The cause is left out: it names the statement around this one.
    if (error instanceof StatementRefused)
      throw new ViewQueryFailed(`${statementName(sql)} failed (${error.code})`);
    throw error;
  }
};
