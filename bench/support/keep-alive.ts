import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

type Header = { readonly status: number; readonly length: number; readonly end: number };

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * One connection to an HTTP server on this machine, kept open, on which one request follows the
 * other. Does as little as possible, so that what is measured is the server.
 */
export class KeepAlive {
  private received: Buffer = Buffer.alloc(0);
  private settle: ((answer: Buffer) => void) | null = null;
  private fail: (error: Error) => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data: Buffer) => this.take(data));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<KeepAlive> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new KeepAlive(socket);
  }

  /** Sends what `requestTo` has made, and resolves with the body. Throws unless it is answered 200. */
  ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
      this.socket.write(request);
    });
  }

  close(): void {
    this.fail = () => undefined;
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    const header = headerOf(this.received);
    if (header === null || this.received.length < header.end + header.length) return;
    const body = this.received.subarray(header.end, header.end + header.length);
    this.received = Buffer.alloc(0);
    if (header.status === 200) this.settle?.(body);
    else this.fail(new Error(`answered ${header.status}: ${body.toString('utf8')}`));
  }
}

const headerOf = (received: Buffer): Header | null => {
  const at = received.indexOf(endOfHead);
  if (at < 0) return null;
  const head = received.toString('latin1', 0, at);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
  return { status: Number(head.slice(9, 12)), length, end: at + endOfHead.length };
};

/** The bytes of a POST with a body of JSON. */
export const requestTo = (
  path: string,
  headers: { readonly [name: string]: string },
  body: unknown,
): Buffer => {
  const json = JSON.stringify(body);
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(json)}`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${json}`);
};
