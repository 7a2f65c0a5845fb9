import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { conversationId, numberId, organisationId, threadId } from '#kernel';
import { readModel } from '#platform';
import { openPostgresViews, Projector, type PostgresViews } from '#view-store';
import { factsOfCustomer, writeHistory } from '../../bench/support/history.js';
import { ClusterUnderLoad } from '../harness/cluster-under-load.js';
import type { Cluster, Member } from '../harness/cluster.js';
import { scenarioMsMax } from '../harness/eventually.js';

/** How many facts are on the log before. */
const facts = Number(process.env['CASEMENT_REBUILD_FACTS'] ?? 20_000);
/** Above what the slowest machine takes to write, project and rebuild one of them. */
const msOfFact = 10;
const withinMs = scenarioMsMax + facts * msOfFact;

jest.setTimeout(withinMs);

const customers = Math.round(facts / factsOfCustomer);
/** How many of them are looked at again and again, and what each has said and heard. */
const customersAsked = Math.min(customers, 50);
const messagesOfCustomer = 5;
const inboxPage = 100;
/** How long a client looks at an answer before it asks again: it is not to starve the others. */
const askAgainAfterMs = 50;
/** More would keep each other waiting beyond their deadline. */
const writers = 32;
const wrongName = 'Somebody else';
const business = { organisation: organisationId('acmemotors'), number: numberId('acmenumber') };

const question = `query($id: ID!, $first: Int!) {
  conversations(first: $first) { position nodes { id } }
  conversation(id: $id) { contact { name } messages(last: 100) { nodes { id } } } }`;

type Shown = {
  readonly conversations: {
    readonly position: string;
    readonly nodes: readonly { readonly id: string }[];
  };
  readonly conversation: {
    readonly contact: { readonly name: string | null };
    readonly messages: { readonly nodes: readonly { readonly id: string }[] };
  } | null;
};

/** Somebody who asks all the time, and writes down whatever he should not have seen. */
type Poller = {
  readonly gaps: readonly string[];
  readonly asked: () => number;
  readonly slowestMs: () => number;
  readonly stop: () => Promise<void>;
};

const polling = (look: (turn: number, gap: (what: string) => void) => Promise<void>): Poller => {
  const gaps: string[] = [];
  const over = new AbortController();
  let turn = 0;
  let slowestMs = 0;
  const asking = (async () => {
    while (!over.signal.aborted) {
      const beganAtMs = performance.now();
      await look(turn, (what) => gaps.push(what)).catch((error: unknown) =>
        gaps.push(String(error)),
      );
      slowestMs = Math.max(slowestMs, performance.now() - beganAtMs);
      turn += 1;
      await wait(askAgainAfterMs);
    }
  })();
  const stop = (): Promise<void> => {
    over.abort();
    return asking;
  };
  return { gaps, asked: () => turn, slowestMs: () => slowestMs, stop };
};

/** Behind the signature of a cursor is the place in the log. */
const signatureBytes = 12;
const placeOf = (cursor: string): string =>
  JSON.parse(Buffer.from(cursor, 'base64url').subarray(signatureBytes).toString());

/** A client of one gateway. */
const client = (gateway: Member): Poller => {
  let position = '';
  return polling(async (turn, gap) => {
    const customer = turn % customersAsked;
    const id = conversationId(threadId(`thread${customer}`), 1);
    const variables = { id, first: inboxPage };
    const { conversations, conversation } = await gateway.gql<Shown>('agent', question, variables);
    const place = placeOf(conversations.position);
    if (place < position) gap(`${place} after ${position}`);
    position = place;
    const { length } = conversations.nodes;
    if (length < Math.min(inboxPage, customers)) gap(`${length} conversations`);
    const messages = conversation?.messages.nodes.length;
    if (messages !== messagesOfCustomer) gap(`${messages} messages of ${id}`);
  });
};

/** Whoever reads all rows, in a process that is no member. */
const reader = ({ views }: PostgresViews): Poller & { readonly named: readonly string[] } => {
  const sql = `SELECT position, (SELECT count(*) FROM contacts) AS contacts,
    (SELECT count(*) FROM conversations) AS conversations,
    (SELECT count(*) FROM messages) AS messages,
    (SELECT profile_name FROM contacts WHERE contact_id = 'contact0') AS name FROM checkpoint`;
  const columns = ['position', 'contacts', 'conversations', 'messages'] as const;
  let before: { readonly [column: string]: unknown } = {};
  const named: string[] = [];
  const poller = polling(async (_, gap) => {
    const [row = {}] = await views.all.query(sql, []);
    for (const column of columns) {
      const [was = 0, is = 0] = [before[column], row[column]];
      const isBack = column === 'position' ? String(is) < String(was) : Number(is) < Number(was);
      if (isBack) gap(`${column} ${String(is)} after ${String(was)}`);
    }
    before = row;
    const name = String(row['name']);
    if (name !== named.at(-1)) named.push(name);
  });
  return { ...poller, named };
};

const numbers = (tookMs: number, asked: readonly number[], pollers: readonly Poller[]): string => {
  const slowestMs = pollers.map((one) => Math.round(one.slowestMs()));
  const rebuilt = `rebuilt in ${Math.round(tookMs)} ms`;
  return `${rebuilt}; asked ${asked.join(', ')} times; the slowest ${slowestMs.join(', ')} ms`;
};

const never = (error: unknown): never => {
  throw error;
};

/** What happened before anybody looks, and the views of it. */
const withHistory = async (cluster: Cluster): Promise<void> => {
  const { log, close } = await cluster.openLog();
  await writeHistory(log, facts, { ...business, writers });
  const { views, close: closeViews } = await openPostgresViews({
    url: cluster.viewsUrl,
    readModel,
  });
  const projector = new Projector({ log, views, readModel, onParked: never, onFault: never });
  projector.start();
  await projector.caughtUp();
  await projector.stop();
  await closeViews();
  await close();
};

describe(`a rebuild of ${facts} facts beside gateways and workers`, () => {
  let all: ClusterUnderLoad;

  beforeAll(async () => {
    all = await ClusterUnderLoad.begin({ before: withHistory });
  });
  afterAll(() => all?.remove());

  const openViews = () => openPostgresViews({ url: all.cluster.viewsUrl, readModel });

  /** A row that no projection has written, so that it is seen when the new views are there. */
  const damage = async (): Promise<void> => {
    const { postgres, viewsUrl } = all.cluster;
    const database = new pg.Client({ connectionString: postgres.asSuperuser(viewsUrl) });
    await database.connect();
    const named = `SELECT nspname FROM pg_namespace WHERE nspname ~ '^views_[0-9a-f]+$'`;
    const { rows } = await database.query<{ readonly nspname: string }>(named);
    await database.query(`SET search_path = ${rows[0]?.nspname}`);
    const sql = `UPDATE contacts SET profile_name = $1 WHERE contact_id = 'contact0'`;
    expect((await database.query(sql, [wrongName])).rowCount).toBe(1);
    await database.end();
  };

  it('P15: shows no gap to clients that ask all the time, while customers and staff go on', async () => {
    const { cluster, load } = all;
    await damage();
    const views = await openViews();
    await all.whileTheySpeak(async () => {
      await load.hears(20);
      const rows = reader(views);
      const clients = cluster.gateways.map(client);
      await load.hears(20);
      const beganAtMs = performance.now();
      const { code, stdout, stderr } = await cluster.command('rebuild');
      const tookMs = performance.now() - beganAtMs;
      const during = [rows, ...clients].map(({ asked }) => asked());
      await load.hears(40);
      const pollers = [rows, ...clients];
      await Promise.all(pollers.map(({ stop }) => stop()));

      if (process.env['CASEMENT_REBUILD_FACTS'] !== undefined)
        process.stderr.write(`${stdout}${stderr}${numbers(tookMs, during, pollers)}\n`);
      expect(pollers.flatMap(({ gaps }) => gaps)).toEqual([]);
      for (const count of during) expect(count).toBeGreaterThan(10);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/MENDED, .* in contacts: row .* in profile_name\n$/),
      });
      expect(rows.named).toEqual([wrongName, 'Customer 0']);
    });
    await views.close();
    await load.isWhole();
    const checked = await cluster.command('rebuild', '--check');
    expect(checked.stdout).toContain('are what the log gives, byte for byte');
    expect(checked.code).toBe(0);
  });
});
