import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const HOST = '127.0.0.1';

/** The port and whoever is connected, so that both can be taken away and given back. */
export class Connections {
  readonly #take: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port: number;

  constructor(port: number, take: (socket: Socket) => void) {
    this.#port = port;
    this.#take = take;
  }

  get endPoint(): { readonly host: string; readonly port: number } {
    return { host: HOST, port: this.#port };
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Listens; once a port has been given, on that one. */
  async accept(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((socket) => this.#connected(socket));
    this.#server = server;
    server.listen(this.#port, HOST);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection; the next is refused until `accept`. */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.cut();
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }

  /** Ends every connection, in the middle of whatever it carries. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // An end that was not agreed upon is what a cut is.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#take(socket);
  }
}
