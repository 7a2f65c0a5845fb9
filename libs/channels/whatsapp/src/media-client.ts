import * as http from 'node:http';
import {
  at,
  exchange,
  notDone,
  openConnections,
  openDownloads,
  parseJson,
  textAt,
  type CallTerms,
  type Download,
  type DownloadOptions,
  type Exchange,
  type NotDone,
} from '#channels/http';
import type { Json } from '#kernel';
import { graphWords } from './answer.js';
import type { GraphOptions } from './graph-client.js';

const ANSWER_BYTES_MAX = 64 * 1024;
/** Meta's are digits. Anything else might be a path of its own. */
const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Where Meta keeps files, by the hosts that its answers name. */
export const metaMediaHosts: readonly string[] = [
  'lookaside.fbsbx.com',
  'graph.facebook.com',
  '*.whatsapp.net',
  '*.fbcdn.net',
];

/** What Meta says of a file, and where it is to be had for five minutes. */
export type LocatedMedia = {
  readonly kind: 'located';
  readonly url: string;
  /** With its parameters. */
  readonly mimeType: string | null;
  /** As Meta wrote it: hex or base64. */
  readonly sha256: string | null;
  /** Bytes. */
  readonly size: number | null;
};

/** Files that customers sent. Never throws: whatever happens is an outcome. */
export interface WhatsAppMedia {
  /** `forbidden`: the Graph API leads elsewhere. `unknown` may be repeated: nothing is changed. */
  locate(
    providerMediaId: string,
    terms: CallTerms,
  ): Promise<LocatedMedia | NotDone | Extract<Download, { readonly kind: 'forbidden' }>>;
  /** The bytes behind the address that Meta named, if it is one that may be asked. */
  download(url: string, signal: AbortSignal): Promise<Download>;
}

export type MediaClientOptions = GraphOptions & Pick<DownloadOptions, 'hosts' | 'lookup'>;

export type MediaClient = WhatsAppMedia & { readonly close: () => void };

/**
 * Media of the Cloud API, on connections of its own: no file that comes slowly holds up a message.
 * Throws when `graphUrl` is no URL or the token cannot be a header.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media (read 2026-11-20)
 */
export const createMediaClient = (options: MediaClientOptions): MediaClient => {
  const { graphUrl, version, connectionsMax, hosts, lookup } = options;
  const authorization = `Bearer ${options.accessToken}`;
  http.validateHeaderValue('authorization', authorization);
  const connections = openConnections(graphUrl, connectionsMax);
  const downloads = openDownloads({ hosts, lookup, connectionsMax, ownOrigin: graphUrl });
  const base = `${graphUrl.replace(/\/+$/, '')}/${encodeURIComponent(version)}`;
  return {
    locate: async (providerMediaId, terms) => {
      if (!MEDIA_ID.test(providerMediaId)) return noSuchId;
      const found = await exchange(
        { method: 'GET', url: new URL(`${base}/${providerMediaId}`), headers: { authorization } },
        { ...options, ...terms, connections, answerBytesMax: ANSWER_BYTES_MAX },
      );
      return located(found);
    },
    download: (url, signal) => downloads.get(url, { authorization }, signal),
    close: () => {
      connections.agent.destroy();
      downloads.close();
    },
  };
};

const noSuchId: NotDone = {
  kind: 'rejected',
  error: { code: '100', title: null, message: 'The media id is none', details: null },
  errorClass: { reason: 'invalid_parameter', retry: 'fix', retryable: false },
};

const located = (found: Exchange): Awaited<ReturnType<WhatsAppMedia['locate']>> => {
  if (found.kind === 'answer' && found.status >= 300 && found.status < 400)
    return { kind: 'forbidden', why: 'redirected' };
  if (found.kind !== 'answer' || found.status !== 200) return notDone(found, graphWords);
  const body = parseJson(found.body);
  const url = textAt(body, 'url');
  if (url === undefined) return { kind: 'unknown', why: '200 without an address' };
  return {
    kind: 'located',
    url,
    mimeType: textAt(body, 'mime_type') ?? null,
    sha256: textAt(body, 'sha256') ?? null,
    size: wholeNumber(at(body, 'file_size')),
  };
};

/** Meta writes it as a number, and has written it as text. */
const wholeNumber = (value: Json | undefined): number | null => {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
};
