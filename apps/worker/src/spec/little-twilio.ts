import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTwilioClient, type TwilioClient } from '#channels/sms';

export type LittleSms = {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly status: string;
  readonly atMs: number;
  readonly price: string | null;
};

/** A real server that lists messages as Twilio does, with as many on a page as a spec likes. */
export type LittleTwilio = {
  readonly client: TwilioClient;
  /** In any order. */
  messages: LittleSms[];
  pageSize: number;
  /** Answers in its stead; null: it lists. */
  behave: ((response: ServerResponse) => void) | null;
  /** The query of each request so far. */
  readonly asked: URLSearchParams[];
  readonly close: () => Promise<void>;
};

const dateText = (ms: number): string => new Date(ms).toUTCString().replace(/GMT$/, '+0000');

const shown = ({ sid, direction, status, atMs, price }: LittleSms): object => ({
  sid,
  direction,
  status,
  price,
  price_unit: 'USD',
  from: direction === 'inbound' ? '+447700900281' : '+447700900500',
  to: direction === 'inbound' ? '+447700900500' : '+447700900281',
  body: `I am ${sid}`,
  num_segments: '1',
  num_media: '0',
  date_created: dateText(atMs),
  date_sent: dateText(atMs),
});

const pageOf = ({ messages, pageSize }: LittleTwilio, query: URLSearchParams): object => {
  const after = Date.parse(query.get('DateSent>') ?? '');
  const before = Date.parse(query.get('DateSent<') ?? '');
  const found = messages
    .filter(({ atMs }) => !(atMs < after) && !(atMs > before))
    .toSorted((a, b) => b.atMs - a.atMs);
  const page = Number(query.get('Page') ?? 0);
  const next = new URLSearchParams(query);
  next.set('Page', String(page + 1));
  return {
    messages: found.slice(page * pageSize, (page + 1) * pageSize).map(shown),
    next_page_uri: (page + 1) * pageSize < found.length ? `/x.json?${next.toString()}` : null,
  };
};

export const startLittleTwilio = async (): Promise<LittleTwilio> => {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://twilio').searchParams;
    asked.push(query);
    if (twilio.behave) twilio.behave(response);
    else response.end(JSON.stringify(pageOf(twilio, query)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createTwilioClient({
    apiUrl: `http://127.0.0.1:${port}`,
    accountSid: 'AC1',
    authToken: 'token',
    connectTimeoutMs: 2_000,
    answerTimeoutMs: 20_000,
    connectionsMax: 1,
    monotonicMs: () => performance.now(),
  });
  const twilio: LittleTwilio = {
    client,
    messages: [],
    pageSize: 50,
    behave: null,
    asked,
    close: async () => {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return twilio;
};
