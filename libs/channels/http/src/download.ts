import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.js';
import { codeOf } from './error-code.js';

export type DownloadOptions = {
  /** Names of hosts that may be asked; `*.example.com` is whatever stands under it. */
  readonly hosts: readonly string[];
  /** The vendor's API as it is configured: it alone may be http, or at a private address. */
  readonly ownOrigin: string;
  /** `dns.lookup`. */
  readonly lookup: LookupFunction;
  readonly connectionsMax: number;
};

/** Why an address is not asked, or its answer not followed. For good: it is the vendor's word. */
export type Forbidden = 'not_https' | 'host_not_allowed' | 'private_address' | 'redirected';

export type Download =
  | {
      readonly kind: 'bytes';
      /** To be read once; rejects with DownloadInterrupted. Who stops reading ends the call. */
      readonly bytes: AsyncGenerator<Buffer, void>;
    }
  | { readonly kind: 'forbidden'; readonly why: Forbidden }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'failed'; readonly why: string };

export type Downloads = {
  /** A GET. Never rejects. No byte leaves for an address that is not allowed. */
  readonly get: (
    address: string,
    headers: http.OutgoingHttpHeaders,
    signal: AbortSignal,
  ) => Promise<Download>;
  readonly close: () => void;
};

/** The connection was cut, or the time was over, before the last byte. */
export class DownloadInterrupted extends Error {
  override readonly name = 'DownloadInterrupted';
}

const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/**
 * Looks a name up and connects to what was found, unless any of it is private: what is checked is
 * what is connected to, so that a name server cannot change its mind in between.
 */
export const publicOnly =
  (lookup: LookupFunction): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(Object.assign(new Error(PRIVATE_ADDRESS), { code: PRIVATE_ADDRESS }), []);
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };

const isNamed = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;

/** Null when the address may be asked. */
const refusalOf = (
  url: URL,
  { hosts, ownOrigin }: Pick<DownloadOptions, 'hosts' | 'ownOrigin'>,
): Forbidden | null => {
  if (url.username !== '' || url.password !== '') return 'host_not_allowed';
  if (url.origin === ownOrigin) return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!hosts.some((pattern) => isNamed(host, pattern))) return 'host_not_allowed';
  if (url.protocol !== 'https:') return 'not_https';
  return isIP(host) !== 0 && !isPublicAddress(host) ? 'private_address' : null;
};

/**
 * Fetches files from addresses that a vendor names. The vendor's word is no proof: only hosts that are
 * ours to trust are asked, by https, at public addresses, and no redirect is followed, so that the
 * token in the headers goes nowhere else. Throws when `ownOrigin` is no URL.
 */
export const openDownloads = (options: DownloadOptions): Downloads => {
  const ownOrigin = new URL(options.ownOrigin).origin;
  const { connectionsMax: maxSockets } = options;
  const agents = {
    'http:': new http.Agent({ maxSockets }),
    'https:': new https.Agent({ maxSockets }),
  };
  const lookup = publicOnly(options.lookup);
  return {
    get: (address, headers, signal) => {
      if (!URL.canParse(address))
        return Promise.resolve({ kind: 'forbidden', why: 'host_not_allowed' });
      const url = new URL(address);
      const why = refusalOf(url, { hosts: options.hosts, ownOrigin });
      if (why !== null) return Promise.resolve({ kind: 'forbidden', why });
      const isOwn = url.origin === ownOrigin;
      const isSecure = url.protocol === 'https:';
      const agent = agents[isSecure ? 'https:' : 'http:'];
      const guard = isOwn ? {} : { lookup };
      return answered((isSecure ? https : http).get(url, { headers, agent, signal, ...guard }));
    },
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
};

const answered = (request: http.ClientRequest): Promise<Download> =>
  new Promise((resolve) => {
    request.on('error', (error) => resolve(failed(error)));
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status === 200) return resolve({ kind: 'bytes', bytes: bytesOf(response) });
      // What else it says is not read.
      request.destroy();
      resolve(
        status >= 300 && status < 400
          ? { kind: 'forbidden', why: 'redirected' }
          : { kind: 'status', status },
      );
    });
  });

const failed = (error: unknown): Download =>
  codeOf(error) === PRIVATE_ADDRESS
    ? { kind: 'forbidden', why: 'private_address' }
    : { kind: 'failed', why: codeOf(error) };

async function* bytesOf(response: http.IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of response) {
      const part: unknown = chunk;
      if (Buffer.isBuffer(part)) yield part;
    }
  } catch (error) {
    throw new DownloadInterrupted(codeOf(error), { cause: error });
  } finally {
    response.destroy();
  }
}
