import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { codeOf } from './error-code.js';

export type CallTerms = {
  /**
   * No first byte of the request leaves at or after this, by `monotonicMs` of the sender's options.
   */
  readonly startBeforeMs: number;
  readonly signal: AbortSignal;
};

/** How a client talks to its vendor. */
export type ConnectionOptions = {
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly connectionsMax: number;
  /** Milliseconds that only ever grow; the scale of `startBeforeMs`. */
  readonly monotonicMs: () => number;
};

/** The connections that are kept open, and which of them have stood, TLS included. */
export type Connections = { readonly agent: http.Agent; readonly standing: WeakSet<Socket> };

export type ExchangeTerms = CallTerms &
  ConnectionOptions & {
    readonly connections: Connections;
    /** A longer answer is not read: the outcome is unknown. */
    readonly answerBytesMax: number;
  };

export type HttpRequest = {
  readonly url: URL;
  readonly headers: http.OutgoingHttpHeaders;
} & ({ readonly method: 'GET' } | { readonly method: 'POST'; readonly body: Buffer });

export type Answer = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** What is certain of one HTTP request: whether a byte of it may have left. */
export type Exchange =
  | Answer
  | { readonly kind: 'not-started'; readonly why: 'deadline' | 'aborted' }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const readAnswer = async (
  response: http.IncomingMessage,
  answerBytesMax: number,
): Promise<Exchange> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part: unknown = chunk;
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > answerBytesMax) return { kind: 'unknown', why: 'an answer that is too long' };
    chunks.push(part);
  }
  return {
    kind: 'answer',
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
};

/** Calls `ready` once bytes written to the request's socket would leave the machine. */
const whenConnected = (
  request: http.ClientRequest,
  { standing }: Connections,
  connected: 'connect' | 'secureConnect',
  ready: () => void,
): void => {
  request.once('socket', (socket) => {
    if (standing.has(socket)) return ready();
    socket.once(connected, () => {
      standing.add(socket);
      ready();
    });
  });
};

/** Connections to the vendor at `baseUrl`, at most so many at once. */
export const openConnections = (baseUrl: string, connectionsMax: number): Connections => {
  const options = { keepAlive: true, maxSockets: connectionsMax };
  const secure = new URL(baseUrl).protocol === 'https:';
  return {
    agent: secure ? new https.Agent(options) : new http.Agent(options),
    standing: new WeakSet(),
  };
};

const open = (request: HttpRequest, agent: http.Agent): http.ClientRequest =>
  (request.url.protocol === 'https:' ? https : http).request(request.url, {
    method: request.method,
    headers:
      request.method === 'GET'
        ? request.headers
        : { ...request.headers, 'content-length': request.body.length },
    agent,
  });

/**
 * One request and its answer. Written on node:http and not on fetch, because fetch does not tell
 * whether a request was begun when it failed, and that is the difference between "try again" and
 * "never without asking": here nothing is written before the connection stands and the deadline has
 * been looked at once more. Redirects are not followed: they would carry the token elsewhere. Never
 * rejects.
 */
export const exchange = (asked: HttpRequest, terms: ExchangeTerms): Promise<Exchange> =>
  new Promise((resolve) => {
    if (terms.signal.aborted) return resolve({ kind: 'not-started', why: 'aborted' });
    if (terms.monotonicMs() >= terms.startBeforeMs)
      return resolve({ kind: 'not-started', why: 'deadline' });
    let begun = false;
    const request = open(asked, terms.connections.agent);
    const finish = (outcome: Exchange): void => {
      clearTimeout(timer);
      terms.signal.removeEventListener('abort', abort);
      resolve(outcome);
      if (outcome.kind !== 'answer') request.destroy();
    };
    const abort = (): void =>
      finish(begun ? { kind: 'unknown', why: 'aborted' } : { kind: 'not-started', why: 'aborted' });
    let timer = setTimeout(
      () => finish({ kind: 'unreachable', why: 'connect timeout' }),
      terms.connectTimeoutMs,
    );
    terms.signal.addEventListener('abort', abort, { once: true });
    request.on('error', (error) =>
      finish({ kind: begun ? 'unknown' : 'unreachable', why: codeOf(error) }),
    );
    request.once('response', (response) => {
      readAnswer(response, terms.answerBytesMax).then(finish, (error) =>
        finish({ kind: 'unknown', why: `answer cut short: ${codeOf(error)}` }),
      );
    });
    const connected = asked.url.protocol === 'https:' ? 'secureConnect' : 'connect';
    whenConnected(request, terms.connections, connected, () => {
      if (terms.monotonicMs() >= terms.startBeforeMs)
        return finish({ kind: 'not-started', why: 'deadline' });
      clearTimeout(timer);
      timer = setTimeout(() => finish({ kind: 'unknown', why: 'timeout' }), terms.answerTimeoutMs);
      begun = true;
      request.end(asked.method === 'GET' ? undefined : asked.body);
    });
  });
