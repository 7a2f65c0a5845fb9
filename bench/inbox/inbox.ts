import { viewsFile } from '#view-store';
import { Casement } from '../../test/harness/casement.js';
import { eventually } from '../../test/harness/eventually.js';
import type { Bench, Prepared, Readings, Settings } from '../bench.js';
import { inTurn } from '../support/concurrently.js';
import { sendAll, type Measured } from '../support/http-load.js';
import { KeepAlive, requestTo } from '../support/keep-alive.js';
import { serverProcess } from '../support/server-process.js';
import { inProduction, secrets, serveKeys } from './production.js';
import { fill } from './rows.js';
import { pageSize } from './statements.js';

const conversations = 1_000_000;
const connections = 16;
const requestsPerSide = 12_000;
const warmUpRequests = 1_500;
/** The pages that are asked for in turn, from the first on. */
const pages = 100;

const document = `query Inbox($first: Int, $after: Cursor) {
  conversations(first: $first, after: $after) {
    nodes {
      id
      contact { id name }
      lifecycle status unreadCount needsAttention
      window { status closesAt }
      lastMessage { id direction kind sentAt status content { ... on TextContent { text } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

type Place = string | null;
type Page = {
  readonly nodes: readonly { readonly id: string }[];
  readonly endCursor: readonly [number, string];
};
type Answer = {
  readonly conversations: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly endCursor: string };
  };
};

/** The requests of one side, and where to send them. */
type Side = { readonly port: number; readonly requests: readonly Buffer[] };

const casementSide = async (casement: Casement): Promise<Side> => {
  const { tokens, graphqlUrl } = casement.demo;
  const afters: Place[] = [null];
  while (afters.length < pages) {
    const variables = { first: pageSize, after: afters.at(-1) };
    const answer = await casement.gql<Answer>('agent', document, variables);
    afters.push(answer.conversations.pageInfo.endCursor);
  }
  const requests = afters.map((after) =>
    requestTo(
      '/graphql',
      { authorization: `Bearer ${tokens.agent}` },
      { query: document, variables: { first: pageSize, after } },
    ),
  );
  return { port: Number(new URL(graphqlUrl).port), requests };
};

const baselineSide = async (port: number): Promise<Side> => {
  const requests = [requestTo('/', {}, { after: null })];
  const connection = await KeepAlive.open(port);
  while (requests.length < pages) {
    const body = await connection.ask(requests.at(-1) ?? Buffer.alloc(0));
    const { endCursor } = JSON.parse(body.toString('utf8')) as Page;
    requests.push(requestTo('/', {}, { after: endCursor }));
  }
  connection.close();
  return { port, requests };
};

/** Asks for the pages in turn, on sixteen connections at once. */
const load = ({ port, requests }: Side, count: number): Promise<Measured> => {
  const turns = Math.ceil(count / requests.length);
  const inTurns = Array.from({ length: turns }, () => requests).flat();
  return sendAll({ port, connections, requests: inTurns.slice(0, Math.ceil(count)) });
};

/** The same page, to the row: else one of the two does other work. */
const comparePages = async (casement: Side, baseline: Side): Promise<void> => {
  const idsOn = async ({ port, requests }: Side) => {
    const connection = await KeepAlive.open(port);
    const body = await connection.ask(requests[1] ?? Buffer.alloc(0));
    connection.close();
    const answer = JSON.parse(body.toString('utf8')) as Page | { readonly data: Answer };
    const { nodes } = 'data' in answer ? answer.data.conversations : answer;
    return nodes.map(({ id }) => id).join();
  };
  const ids = await idsOn(casement);
  if (ids === '' || ids !== (await idsOn(baseline))) throw new Error('the pages are not the same');
};

const round = async (
  number: number,
  sides: { readonly casement: Side; readonly baseline: Side },
  scale: number,
): Promise<Readings> => {
  const readings: Record<string, number> = {};
  const measure = async (name: 'casement' | 'baseline'): Promise<void> => {
    await load(sides[name], warmUpRequests * scale);
    const { perSecond, medianMs, p99Ms } = await load(sides[name], requestsPerSide * scale);
    readings[`${name}PerSecond`] = perSecond;
    readings[`${name}MedianMs`] = medianMs;
    readings[`${name}P99Ms`] = p99Ms;
  };
  await inTurn(
    number,
    () => measure('casement'),
    () => measure('baseline'),
  );
  return readings;
};

const prepare = async ({ scale, say }: Settings): Promise<Prepared> => {
  const casement = await Casement.start({ environment: secrets });
  await casement.simulator.writes('447700900001', 'Is my car ready? I could come by at five.');
  await eventually('the first conversation', async () => {
    const answer = await casement.gql<Answer>('agent', document);
    return answer.conversations.nodes.length > 0;
  });
  await casement.stop();
  const { dataDirectory } = casement;
  const organisation = await fill(dataDirectory, Math.ceil(conversations * scale), say);
  const keys = await serveKeys(dataDirectory);
  await casement.restart({ environment: inProduction(keys.url) });
  const script = new URL('./bare-server.js', import.meta.url);
  const bare = await serverProcess(script, [viewsFile(dataDirectory), organisation]);
  const sides = {
    casement: await casementSide(casement),
    baseline: await baselineSide(Number(bare.said)),
  };
  await comparePages(sides.casement, sides.baseline);
  return {
    round: (number) => round(number, sides, scale),
    close: async () => {
      await bare.close();
      keys.close();
      await casement.remove();
    },
  };
};

/** A page of 25 of an inbox with a million conversations, as any client asks for it. */
export const inbox: Bench = {
  name: 'inbox',
  lines: [
    {
      work: 'inbox page of 25 over 1,000,000',
      unit: '/s',
      casement: 'casementPerSecond',
      baseline: 'baselinePerSecond',
      aim: { atLeast: 0.45 },
    },
    {
      work: 'the same: median, 16 at once',
      unit: 'ms',
      casement: 'casementMedianMs',
      baseline: 'baselineMedianMs',
      aim: null,
    },
    {
      work: 'the same: p99',
      unit: 'ms',
      casement: 'casementP99Ms',
      baseline: 'baselineP99Ms',
      aim: null,
    },
  ],
  prepare,
};
