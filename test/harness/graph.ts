import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { MediaGraph } from './media-graph.js';

const answersWithinMs = 4;
const slowMs = 1_500;
const refusals = {
  busy: { status: 429, code: 130429 },
  broken: { status: 500, code: 131000 },
} as const;
const receiptAgainAfterMs = 50;

export type Acceptance = {
  readonly wamid: string;
  readonly phoneNumberId: string;
  readonly to: string;
  readonly text: string;
  readonly callbackData: string;
};

/**
 * What becomes of a request to send. `answer`, `slow`: accepted and answered, soon or late. `cut`:
 * accepted, and the connection is cut. `vague`: accepted, and answered with 500. `busy`, `broken`: not
 * accepted, and answered with 429 and 500.
 */
export type GraphBehaviour = 'answer' | 'slow' | 'cut' | 'vague' | 'busy' | 'broken';

type Body = {
  readonly to?: string;
  readonly status?: string;
  readonly text?: { readonly body: string };
  readonly biz_opaque_callback_data?: string;
};

/**
 * A Graph API outside the process under test: what it has accepted outlives that process. As Meta
 * does, it tells of each acceptance until somebody has taken the receipt.
 */
export class Graph {
  readonly accepted: Acceptance[] = [];
  /** How the next requests to send are met. */
  behaves: () => GraphBehaviour = () => 'answer';
  private readonly server: Server;
  private readonly telling = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  private constructor(
    private readonly tell: (acceptance: Acceptance) => Promise<boolean>,
    files: MediaGraph | null,
  ) {
    this.server = createServer((request, response) => {
      if (files !== null && request.method === 'GET') return files.serve(request, response);
      void this.answer(request).then((answer) => {
        if (answer === null) return request.socket.destroy();
        const { status, body } = answer;
        const headers = { 'content-type': 'application/json' };
        return response.writeHead(status, headers).end(JSON.stringify(body));
      });
    });
  }

  /** Listens; `tell` delivers a receipt and says whether it was taken. `files` may be fetched here. */
  static async listen(
    tell: (acceptance: Acceptance) => Promise<boolean>,
    files: MediaGraph | null = null,
  ): Promise<Graph> {
    const graph = new Graph(tell, files);
    await new Promise<void>((resolve) => graph.server.listen(0, '127.0.0.1', resolve));
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.telling);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Null: none. */
  private async answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly body: object } | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
    if (body.status !== undefined) return { status: 200, body: { success: true } };
    const behaviour = this.behaves();
    if (behaviour === 'busy' || behaviour === 'broken') return refused(refusals[behaviour]);
    const acceptance = {
      wamid: `wamid.${randomUUID()}`,
      phoneNumberId: request.url?.split('/').at(-2) ?? '',
      to: (body.to ?? '').replace(/^\+/, ''),
      text: body.text?.body ?? '',
      callbackData: body.biz_opaque_callback_data ?? '',
    };
    this.accepted.push(acceptance);
    const told = this.tellUntilTaken(acceptance).finally(() => this.telling.delete(told));
    this.telling.add(told);
    if (behaviour === 'cut') return null;
    if (behaviour === 'vague') return refused(refusals.broken);
    await wait(behaviour === 'slow' ? slowMs : answersWithinMs);
    const contacts = [{ input: acceptance.to, wa_id: acceptance.to }];
    const messages = [{ id: acceptance.wamid }];
    return { status: 200, body: { messaging_product: 'whatsapp', contacts, messages } };
  }

  private async tellUntilTaken(acceptance: Acceptance): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted && !(await this.tell(acceptance).catch(() => false)))
      await wait(receiptAgainAfterMs, undefined, { signal }).catch(() => undefined);
  }
}

const refused = ({ status, code }: { readonly status: number; readonly code: number }) => ({
  status,
  body: { error: { code, message: 'not now' } },
});
