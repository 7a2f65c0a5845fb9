import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A message that was accepted: Twilio has it, whoever heard of it. */
export type SmsAcceptance = {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly at: Date;
};

/**
 * What becomes of a request to send. `answer`, `slow`: accepted and answered, soon or late. `hold`:
 * accepted, and the answer never comes. `cut`: not accepted, and the connection is cut. `swallow`: not
 * accepted, and the answer never comes. `vague`: accepted, and answered with 500. `busy`, `broken`: not
 * accepted, and answered with 429 and 500.
 */
export type Behaviour =
  'answer' | 'slow' | 'hold' | 'cut' | 'swallow' | 'vague' | 'busy' | 'broken';

type Asked = { readonly to: string; readonly text: string };

const pageSizeMax = 1_000;
const slowMs = 1_500;

/**
 * Twilio's Messages outside the process under test: what it has accepted outlives that process. It
 * tells of nothing by itself: its list alone says what it has.
 */
export class Twilio {
  readonly accepted: SmsAcceptance[] = [];
  /** Every request to send, whatever became of it. */
  readonly asked: Asked[] = [];
  /** How the next requests are met. */
  behaves: (asked: Asked) => Behaviour = () => 'answer';
  /** What the list says of each message. */
  listedAs: 'queued' | 'delivered' = 'queued';
  /** How often the list was read for one customer. */
  readonly listings: string[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://twilio');
      if (!pathname.endsWith('/Messages.json')) response.writeHead(404).end();
      else if (request.method === 'GET') this.list(searchParams, response);
      else void this.send(request, response);
    });
  }

  static async listen(): Promise<Twilio> {
    const twilio = new Twilio();
    await new Promise<void>((resolve) => twilio.server.listen(0, '127.0.0.1', resolve));
    return twilio;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was accepted for a customer, oldest first. */
  acceptedFor(phone: string): readonly SmsAcceptance[] {
    return this.accepted.filter(({ to }) => to === `+${phone}`);
  }

  askedFor(phone: string): readonly Asked[] {
    return this.asked.filter(({ to }) => to === `+${phone}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const [from = '', to = '', text = ''] = ['From', 'To', 'Body'].map(
      (name) => form.get(name) ?? '',
    );
    this.asked.push({ to, text });
    const behaviour = this.behaves({ to, text });
    if (behaviour === 'cut') request.socket.destroy();
    if (behaviour === 'cut' || behaviour === 'swallow') return;
    if (behaviour === 'busy') return answer(response, 429, { code: 20429, message: 'not now' });
    if (behaviour === 'broken') return answer(response, 500, { code: 20500, message: 'oops' });
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const acceptance = { sid, from, to, text, at: new Date() };
    this.accepted.push(acceptance);
    if (behaviour === 'vague') return answer(response, 500, { code: 20500, message: 'oops' });
    if (behaviour === 'hold') return;
    if (behaviour === 'slow') await wait(slowMs);
    answer(response, 201, resourceOf(acceptance, 'queued'));
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    const [from, to, after, before] = ['From', 'To', 'DateSent>', 'DateSent<'].map((name) =>
      query.get(name),
    );
    if (to) this.listings.push(to);
    const found = this.accepted
      .filter((each) => (from ? each.from === from : true) && (to ? each.to === to : true))
      .filter(({ at }) => !(at.getTime() < Date.parse(after ?? '')))
      .filter(({ at }) => !(at.getTime() > Date.parse(before ?? '')))
      .toReversed();
    const messages = found.slice(0, pageSizeMax).map((each) => resourceOf(each, this.listedAs));
    answer(response, 200, { messages, next_page_uri: null });
  }
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const resourceOf = ({ sid, from, to, text, at }: SmsAcceptance, status: string): object => ({
  sid,
  direction: 'outbound-api',
  from,
  to,
  body: text,
  status,
  error_code: null,
  num_segments: '1',
  num_media: '0',
  price: null,
  price_unit: 'USD',
  date_created: at.toUTCString(),
  date_sent: null,
});
