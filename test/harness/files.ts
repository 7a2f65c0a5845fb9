import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import type { Casement } from './casement.js';
import { eventually } from './eventually.js';

export type Media = {
  readonly id: string;
  readonly kind: string;
  readonly mimeType: string | null;
  readonly sha256: string | null;
  readonly filename: string | null;
  readonly voice: boolean;
  readonly state: 'PENDING' | 'STORED' | 'REFUSED';
  readonly url: string | null;
  readonly size: number | null;
  readonly failure: { readonly reason: string; readonly message: string } | null;
};

export const mediaFields = `... on MediaContent {
  id kind mimeType sha256 filename voice state url size failure { reason message } }`;

const query = `query($phone: String!) {
  conversations(first: 1, filter: { search: $phone }) {
    nodes { id messages(last: 20) { nodes { content { ${mediaFields} } } } } } }`;

export type MediaOf = { readonly conversationId: string; readonly media: Media };

type Told = {
  readonly conversations: {
    readonly nodes: readonly {
      readonly id: string;
      readonly messages: { readonly nodes: readonly { readonly content: Partial<Media> }[] };
    }[];
  };
};

/** The newest file of a customer's, as staff see it, once it is as it should be. */
export const newestMedia = (
  casement: Casement,
  phone: string,
  fits: (media: Media) => boolean,
): Promise<MediaOf> =>
  eventually(`a file of ${phone}`, async () => {
    const { conversations } = await casement.gql<Told>('agent', query, { phone });
    const [found] = conversations.nodes;
    const media = found?.messages.nodes.findLast(({ content }) => content.state)?.content as Media;
    if (media && !fits(media)) throw new Error(JSON.stringify(media));
    return media && { conversationId: found?.id ?? '', media };
  });

const facts = `query($id: ID!, $types: [String!]) {
  events(filter: { conversationId: $id, types: $types }, first: 100) { nodes { type data } } }`;

export type FileFact = {
  readonly type: string;
  readonly data: { readonly messageId: string; readonly mediaKey?: string };
};

/** What the log says of files in a conversation, oldest first. */
export const fileFacts = async (
  casement: Casement,
  conversationId: string,
): Promise<readonly FileFact[]> => {
  const types = ['MediaStored', 'MediaRefused', 'MediaDeferred', 'MediaRetryDue'];
  const { events } = await casement.gql<{ events: { nodes: readonly FileFact[] } }>(
    'agent',
    facts,
    { id: conversationId, types },
  );
  return events.nodes;
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Servers that nobody should ever reach, and how often somebody did. */
export class Traps {
  /** Requests by http, with the token that came with them. */
  readonly requests: { readonly url: string; readonly authorization: string | null }[] = [];
  /** Connections to the port that speaks no http. */
  connections = 0;

  private constructor(
    private readonly http: HttpServer,
    private readonly tcp: Server,
  ) {
    http.on('request', ({ url = '', headers }, response) => {
      this.requests.push({ url, authorization: headers.authorization ?? null });
      response.end('caught');
    });
    tcp.on('connection', (socket) => {
      this.connections += 1;
      socket.destroy();
    });
  }

  static async listen(): Promise<Traps> {
    const traps = new Traps(createHttpServer(), createTcpServer());
    for (const server of [traps.http, traps.tcp])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return traps;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${portOf(this.http)}/caught`;
  }

  /** `localhost` is a name, and leads to this machine. */
  get httpsUrl(): string {
    return `https://localhost:${portOf(this.tcp)}/caught`;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    for (const server of [this.http, this.tcp])
      await new Promise((resolve) => server.close(resolve));
  }
}
