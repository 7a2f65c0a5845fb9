import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Json } from '#kernel';
import { ok, type Reply } from './answers.js';
import { graphError, spokenErrors } from './graph-errors.js';
import type { MediaMood, WhatsAppMood } from './moods.js';
import { samples, type Sample } from './samples.js';

/** What the double answers to whoever wants a file's bytes. */
export type FileAnswer =
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer }
  /** Half of it, then the end of the connection. */
  | { readonly kind: 'cut'; readonly type: string; readonly bytes: Buffer }
  /** Half of it, then nothing more. */
  | { readonly kind: 'stuck'; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly status: number };

/** Meta's double for files: who has an id is told where they are, and gets them there. */
export type MediaDouble = {
  /** The parts of a message with a new file; undefined when nobody knows the sample. */
  readonly send: (name: string) => { readonly type: string; readonly payload: Json } | undefined;
  readonly locate: (id: string, authorization: string | undefined, base: string) => Reply;
  readonly bytes: (id: string, authorization: string | undefined) => FileAnswer;
};

export type MediaDoubleOptions = {
  readonly mood: () => WhatsAppMood;
  readonly accessToken: string;
};

/** Beyond what Meta allows for all but documents. */
const TOO_MANY_BYTES = 17 * 1024 * 1024;
/** Where nobody should ever be sent: what hosts in clouds tell their machines, keys included. */
const METADATA_URL = 'https://169.254.169.254/latest/meta-data/';
const ID = /^77(\d)\d{13}$/;

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>Hello</text></svg>',
);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const inOrder = [...samples.values()];

/** The id says which sample it is, so that it outlives a restart. */
const newId = (sample: Sample): string => {
  const digits = (count: number): string => String(randomInt(10 ** count)).padStart(count, '0');
  return `77${inOrder.indexOf(sample)}${digits(6)}${digits(7)}`;
};

const sampleOf = (id: string): Sample | undefined => inOrder[Number(ID.exec(id)?.[1] ?? -1)];

/** What is handed out in place of a sample, by the mood. */
const instead: { readonly [Name in MediaMood]?: (sample: Sample) => Buffer } = {
  wrong_type: ({ type }) => (type === 'document' ? svg : (samples.get('document')?.bytes ?? svg)),
  svg: () => svg,
  empty: () => Buffer.alloc(0),
  // Its beginning is what it should be.
  too_large: ({ bytes }) => Buffer.concat([bytes], TOO_MANY_BYTES),
};

const served = (sample: Sample, media: MediaMood): Buffer =>
  instead[media]?.(sample) ?? sample.bytes;

const altered = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  const last = copy.length - 1;
  copy.writeUInt8(copy.readUInt8(last) ^ 1, last);
  return copy;
};

const missing = graphError(400, {
  ...spokenErrors.parameter('Object with this ID does not exist.'),
  message: 'Unsupported get request',
});

export const createMediaDouble = ({ mood, accessToken }: MediaDoubleOptions): MediaDouble => {
  const bearer = digest(`Bearer ${accessToken}`);
  const isOurs = (authorization: string | undefined): boolean =>
    timingSafeEqual(digest(authorization ?? ''), bearer);
  return {
    send: (name) => {
      const sample = samples.get(name);
      if (sample === undefined) return undefined;
      const { type, mimeType, bytes, more } = sample;
      const id = newId(sample);
      return { type, payload: { id, mime_type: mimeType, sha256: sha256(bytes), ...more } };
    },
    locate: (id, authorization, base) => {
      const { media, mediaUrl } = mood();
      if (!isOurs(authorization)) return graphError(401, spokenErrors.token);
      const sample = sampleOf(id);
      if (sample === undefined || media === 'gone') return missing;
      if (media === 'unavailable') return graphError(503, spokenErrors.rateLimited);
      const bytes = served(sample, media);
      return ok({
        messaging_product: 'whatsapp',
        url: media === 'elsewhere' ? (mediaUrl ?? METADATA_URL) : `${base}/${id}`,
        mime_type: sample.mimeType,
        sha256: sha256(bytes),
        // A lie about the size must not be believed.
        file_size: media === 'too_large' ? sample.bytes.length : bytes.length,
        id,
      });
    },
    bytes: (id, authorization) => {
      const { media, mediaUrl } = mood();
      const sample = sampleOf(id);
      if (!isOurs(authorization)) return { kind: 'status', status: 401 };
      if (sample === undefined) return { kind: 'status', status: 404 };
      if (media === 'redirect') return { kind: 'redirect', to: mediaUrl ?? METADATA_URL };
      const file = { type: sample.mimeType, bytes: served(sample, media) };
      if (media === 'corrupt') return { ...file, kind: 'bytes', bytes: altered(file.bytes) };
      if (media === 'slow') return { ...file, kind: 'stuck' };
      return { ...file, kind: media === 'cut' ? 'cut' : 'bytes' };
    },
  };
};
