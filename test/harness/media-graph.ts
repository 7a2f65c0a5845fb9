import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What every file of the double begins with: the pages of a recording. */
const beginning = Buffer.from('OggS\0\x02', 'latin1');

export type KeptByMeta = { readonly bytes: Buffer; readonly sha256: string };

/**
 * Meta's files outside the process under test: what was asked of them outlives that process. Any id is
 * one of a recording, made when it is first asked for.
 */
export class MediaGraph {
  /** How often the bytes of an id went out whole. */
  readonly served = new Map<string, number>();
  /** Called when the last byte of an id has gone out. */
  onServed: (id: string) => void = () => undefined;
  private readonly files = new Map<string, KeptByMeta>();
  private readonly server: Server;

  private constructor(private readonly bytesEach: number) {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  static async listen(bytesEach: number): Promise<MediaGraph> {
    const graph = new MediaGraph(bytesEach);
    await new Promise<void>((resolve) => graph.server.listen(0, '127.0.0.1', resolve));
    return graph;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers where a file is, or with the file; under whatever address it was asked. */
  serve({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const [, first = '', id = ''] = url.split('/');
    const { bytes, sha256 } = this.file(id);
    if (first === 'files') {
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes, () => {
        this.served.set(id, (this.served.get(id) ?? 0) + 1);
        this.onServed(id);
      });
      return;
    }
    const told = { mime_type: 'audio/ogg', sha256, file_size: bytes.length, id };
    const body = JSON.stringify({ ...told, url: `http://${headers.host}/files/${id}` });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }

  file(id: string): KeptByMeta {
    const known = this.files.get(id);
    if (known) return known;
    const bytes = Buffer.concat([beginning, randomBytes(this.bytesEach)]);
    const file = { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    this.files.set(id, file);
    return file;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
