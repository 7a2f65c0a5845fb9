import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { MediaGraph } from './media-graph.js';

const answersWithinMs = 4;
const receiptAgainAfterMs = 50;

export type Acceptance = {
  readonly wamid: string;
  readonly phoneNumberId: string;
  readonly to: string;
  readonly text: string;
  readonly callbackData: string;
};

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
  private readonly server: Server;
  private readonly telling = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  private constructor(
    private readonly tell: (acceptance: Acceptance) => Promise<boolean>,
    files: MediaGraph | null,
  ) {
    this.server = createServer((request, response) => {
      if (files !== null && request.method === 'GET') return files.serve(request, response);
      void this.answer(request).then((body) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
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

  private async answer(request: IncomingMessage): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body;
    if (body.status !== undefined) return { success: true };
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
    await wait(answersWithinMs);
    return {
      messaging_product: 'whatsapp',
      contacts: [{ input: acceptance.to, wa_id: acceptance.to }],
      messages: [{ id: acceptance.wamid }],
    };
  }

  private async tellUntilTaken(acceptance: Acceptance): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted && !(await this.tell(acceptance).catch(() => false)))
      await wait(receiptAgainAfterMs, undefined, { signal }).catch(() => undefined);
  }
}
