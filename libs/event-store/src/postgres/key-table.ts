import { randomBytes } from 'node:crypto';
import type { KeyAnswer, KeyRequest } from '../embedded/protocol.js';
import { organisationPlace, subjectPlace, type KeyPlace, type Wrapping } from '../wrapping.js';
import type { Ask, KeyConnections } from './connections.js';

const KEY_BYTES = 32;
/** PostgreSQL takes no longer notice; a longer name is told as '': any key. */
const NOTICE_BYTES_MAX = 7_000;

/** On which a destroyed key is told to every process, as `noticeOf` names it. */
export const destroyedChannel = 'casement_keys';

export const noticeOf = (organisationId: string, subject: string): string => {
  const name = JSON.stringify([organisationId, subject]);
  return Buffer.byteLength(name) > NOTICE_BYTES_MAX ? '' : name;
};

type Wanted = {
  readonly names: readonly [string] | readonly [string, string];
  readonly place: KeyPlace;
  readonly make: boolean;
};

/** The two kinds of keys; a wanted one is named by the values of its key columns. */
const tables = {
  subject: {
    select:
      'SELECT organisation, subject, wrapped FROM subject_keys WHERE (organisation, subject) IN' +
      ' (SELECT * FROM unnest($1::text[], $2::text[]))',
    insert:
      'INSERT INTO subject_keys (organisation, subject, wrapped)' +
      ' SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING',
  },
  organisation: {
    select:
      'SELECT organisation, wrapped FROM organisation_keys WHERE organisation = ANY ($1::text[])',
    insert:
      'INSERT INTO organisation_keys (organisation, wrapped)' +
      ' SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING',
  },
} as const;
type Table = (typeof tables)[keyof typeof tables];

const saveDestroyed =
  'INSERT INTO subject_keys (organisation, subject, wrapped) VALUES ($1, $2, NULL)' +
  ' ON CONFLICT (organisation, subject) DO UPDATE SET wrapped = NULL';

/** The keys in PostgreSQL, wrapped; what is made or destroyed is durable before it is answered. */
export class KeyTable {
  constructor(
    private readonly connections: KeyConnections,
    private readonly wrapping: Wrapping,
  ) {}

  /** Answers in order: a request sees what those before it have done. */
  async answer(requests: readonly KeyRequest[]): Promise<readonly KeyAnswer[]> {
    const answers: KeyAnswer[] = [];
    let together: KeyRequest[] = [];
    const look = async (): Promise<void> => {
      if (together.length > 0) answers.push(...(await this.#looked(together)));
      together = [];
    };
    for (const request of requests)
      if (request.kind === 'destroy') {
        await look();
        answers.push(await this.#destroy(request));
      } else together.push(request);
    await look();
    return answers;
  }

  /** A transaction of its own: a batch never holds one key while it waits for another. */
  #destroy({ organisationId, subject }: KeyRequest): Promise<KeyAnswer> {
    return this.connections.transaction(async (ask) => {
      await ask(saveDestroyed, [organisationId, subject]);
      const notice = noticeOf(organisationId, subject);
      await ask('SELECT pg_notify($1, $2)', [destroyedChannel, notice]);
      return { kind: 'destroyed' };
    });
  }

  #looked(requests: readonly KeyRequest[]): Promise<readonly KeyAnswer[]> {
    const subjects = requests.filter(({ kind }) => kind !== 'organisation-key').map(wanted);
    const organisations = requests.filter(({ kind }) => kind === 'organisation-key').map(wanted);
    return this.connections.transaction(async (ask) => {
      const found = new Map([
        ...(await this.#found(ask, tables.subject, subjects)),
        ...(await this.#found(ask, tables.organisation, organisations)),
      ]);
      return requests.map((request): KeyAnswer => {
        const { names, place } = wanted(request);
        const name = JSON.stringify(names);
        if (!found.has(name)) return { kind: 'none' };
        const wrapped = found.get(name) ?? null;
        if (wrapped === null) return { kind: 'destroyed' };
        const key = this.wrapping.opened(wrapped, place);
        return key === null ? { kind: 'unreadable' } : { kind: 'key', key };
      });
    });
  }

  /** The wrapped keys by name, those that had to be made among them: everybody's first one counts. */
  async #found(
    ask: Ask,
    table: Table,
    all: readonly Wanted[],
  ): Promise<ReadonlyMap<string, Buffer | null>> {
    if (all.length === 0) return new Map();
    const found = await selected(ask, table, all);
    const missing = new Map(
      all
        .filter(({ names, make }) => make && !found.has(JSON.stringify(names)))
        .map((one) => [JSON.stringify(one.names), one]),
    );
    if (missing.size === 0) return found;
    // In one order everywhere: two that make the same keys must not wait for each other.
    const ordered = [...missing].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    const made = ordered.map(({ place }) => this.wrapping.wrap(randomBytes(KEY_BYTES), place));
    await ask(table.insert, [...columnsOf(ordered), made]);
    return new Map([...found, ...(await selected(ask, table, ordered))]);
  }
}

const wanted = ({ kind, organisationId, subject }: KeyRequest): Wanted =>
  kind === 'organisation-key'
    ? { names: [organisationId], place: organisationPlace(organisationId), make: true }
    : {
        names: [organisationId, subject],
        place: subjectPlace(organisationId, subject),
        make: kind === 'key-for',
      };

const columnsOf = (all: readonly Wanted[]): readonly (readonly string[])[] =>
  (all[0]?.names ?? []).map((_, column) => all.map(({ names }) => names[column] ?? ''));

const selected = async (
  ask: Ask,
  { select }: Table,
  all: readonly Wanted[],
): Promise<Map<string, Buffer | null>> => {
  const rows = await ask(select, columnsOf(all));
  return new Map(
    rows.map((row) => {
      const { organisation, subject, wrapped } = row as {
        readonly organisation: string;
        readonly subject?: string;
        readonly wrapped: Buffer | null;
      };
      const names = subject === undefined ? [organisation] : [organisation, subject];
      return [JSON.stringify(names), wrapped];
    }),
  );
};
