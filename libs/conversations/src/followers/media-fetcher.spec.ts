import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs, parseInstant } from '#kernel';
import { DownloadInterrupted, type Download, type WhatsAppMedia } from '#channels/whatsapp';
import type { Decides } from '#engine';
import { createMemoryKeyRing } from '#event-store';
import { derivedMediaKey, openEmbeddedMedia, type MediaStore } from '#media';
import { retryFile, voiceContent } from '../spec/files.js';
import { followed } from '../spec/dispatching.js';
import { acme, after, daniel, dayMs, noon } from '../spec/people.js';
import { receive, revoke } from '../spec/wishes.js';
import { SteppingTimer, world } from '../spec/world.js';
import { mediaFetcher } from './media-fetcher.js';
import { checksumAttemptsMax } from './media-outcome.js';

type Located = Awaited<ReturnType<WhatsAppMedia['locate']>>;

const bytes = Buffer.concat([Buffer.from('OggS\0\x02'), Buffer.alloc(200_000, 7)]);
const located: Located = {
  kind: 'located',
  url: 'https://lookaside.fbsbx.com/1',
  mimeType: 'audio/ogg',
  sha256: null,
  size: bytes.length,
};

async function* whole(): AsyncGenerator<Buffer, void> {
  for (let from = 0; from < bytes.length; from += 50_000) yield bytes.subarray(from, from + 50_000);
}
async function* cut(): AsyncGenerator<Buffer, void> {
  yield bytes.subarray(0, 100_000);
  throw new DownloadInterrupted('ECONNRESET');
}
const sending = (read: () => AsyncGenerator<Buffer, void>) => (): Download => ({
  kind: 'bytes',
  bytes: read(),
});

/** Meta as the spec tells it to answer. */
class ScriptedMedia implements WhatsAppMedia {
  readonly calls: string[] = [];
  located: Located = located;
  answer: () => Download = sending(whole);

  async locate(id: string): Promise<Located> {
    this.calls.push(`locate ${id}`);
    return this.located;
  }

  async download(url: string): Promise<Download> {
    this.calls.push(`download ${url}`);
    return this.answer();
  }
}

let directory: string;
let store: MediaStore;
let media: ScriptedMedia;
let here: ReturnType<typeof world>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'casement-media-'));
  store = await openEmbeddedMedia({ directory, keys: createMemoryKeyRing() });
  media = new ScriptedMedia();
  here = world();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const fetcher = (over: { readonly decisions?: Decides; readonly store?: MediaStore } = {}) =>
  mediaFetcher({
    decisions: here.decisions,
    store,
    media,
    clock: here.clock,
    timer: new SteppingTimer(),
    chance: here.chance,
    ...over,
  });
const told = async () => (await here.facts()).slice(2);
const types = async () => (await told()).map(({ type }) => type);
const failureOf = async () => {
  const last = (await told()).at(-1);
  return last && 'failure' in last.data ? last.data.failure : null;
};
const onDisk = async (): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
const voice = receive(noon, 'hello', { content: voiceContent });
const mediaKey = derivedMediaKey(acme, 'hello');

describe('a file that a customer sent', () => {
  it('R118: is fetched and stored, and that is written down', async () => {
    await here.say(voice);
    await followed(here, fetcher());
    expect(media.calls).toEqual([
      'locate 4490709327384033',
      'download https://lookaside.fbsbx.com/1',
    ]);
    expect(await told()).toMatchObject([
      {
        type: 'MediaStored',
        data: { messageId: 'hello', mediaKey, mimeType: 'audio/ogg', size: bytes.length },
        metadata: { subject: daniel, actor: { kind: 'system', id: 'media-fetcher' } },
      },
    ]);
    const kept = await store.open({ organisationId: acme, subject: daniel, mediaKey });
    expect(kept?.size).toBe(bytes.length);
  });

  it('R118: is not fetched again by whoever begins at the start of the log', async () => {
    await here.say(voice);
    await followed(here, fetcher());
    await followed(here, fetcher());
    expect(media.calls).toHaveLength(2);
    expect(await types()).toEqual(['MediaStored']);
  });

  it('R118: is stored exactly once when the process dies before that is written down', async () => {
    await here.say(voice);
    const decisions: Decides = {
      load: (...asked) => here.decisions.load(...asked),
      run: () => Promise.reject(new Error('killed')),
    };
    await expect(followed(here, fetcher({ decisions }))).rejects.toThrow('killed');
    expect(await onDisk()).toEqual([mediaKey]);
    expect(await types()).toEqual([]);
    await followed(here, fetcher());
    expect(await onDisk()).toEqual([mediaKey]);
    expect(await types()).toEqual(['MediaStored']);
  });

  it('R118: is written down once when two fetch it at the same time', async () => {
    await here.say(voice);
    const other = fetcher({ decisions: here.deciding() });
    await Promise.all([followed(here, fetcher()), followed(here, other)]);
    expect(await onDisk()).toEqual([mediaKey]);
    expect(await types()).toEqual(['MediaStored']);
  });

  it('of a text there is none, and nobody is asked', async () => {
    await here.say(receive(noon));
    await followed(here, fetcher());
    expect(media.calls).toEqual([]);
  });

  it('is fetched though its message was taken back: its words are kept, too', async () => {
    await here.say(voice);
    await here.say(revoke(after(1)));
    await followed(here, fetcher());
    expect(await types()).toEqual(['CustomerMessageRevoked', 'MediaStored']);
  });
});

describe('a file that is refused', () => {
  const rejected = (code: string, retry: 'never' | 'fix' | 'later'): Located => ({
    kind: 'rejected',
    error: { code, title: null, message: 'no', details: null },
    errorClass: { reason: 'some_reason', retry, retryable: retry === 'later' },
  });
  const forbidden = (
    why: 'redirected' | 'private_address',
  ): Extract<Download, { kind: 'forbidden' }> => ({
    kind: 'forbidden',
    why,
  });

  it.each([
    ['media_not_found', () => (media.located = rejected('100', 'fix'))],
    ['some_reason', () => (media.located = rejected('131052', 'never'))],
    ['media_redirected', () => (media.located = forbidden('redirected'))],
    ['media_private_address', () => (media.answer = () => forbidden('private_address'))],
    ['media_too_large', () => (media.located = { ...located, size: 17 * 1024 * 1024 })],
    ['media_type_mismatch', () => (media.located = { ...located, mimeType: 'audio/mpeg' })],
    ['media_type_not_allowed', () => (media.located = { ...located, mimeType: 'text/html' })],
  ] as const)('S32 S34: %s', async (reason, arrange) => {
    arrange();
    await here.say(voice);
    await followed(here, fetcher());
    expect(await types()).toEqual(['MediaRefused']);
    expect(await failureOf()).toMatchObject({ reason, retryable: false });
    expect(await onDisk()).toEqual([]);
  });

  it('S34: one that is said to be too large is not even fetched', async () => {
    media.located = { ...located, size: 17 * 1024 * 1024 };
    await here.say(voice);
    await followed(here, fetcher());
    expect(media.calls).toEqual(['locate 4490709327384033']);
  });

  it('is not asked for after seven days', async () => {
    await here.say(voice);
    here.clock.moveTo(epochMs(after(7 * dayMs)));
    await followed(here, fetcher());
    expect(media.calls).toEqual([]);
    expect(await failureOf()).toMatchObject({ reason: 'media_expired' });
  });
});

describe('a file that cannot be had now', () => {
  const retryAtMs = async (): Promise<number> => {
    const last = (await told()).at(-1);
    if (last?.type !== 'MediaDeferred') throw new Error(`it is ${last?.type}`);
    return epochMs(parseInstant(last.data.retryAt) ?? noon) - epochMs(noon);
  };

  it.each([
    ['Meta is out of order', () => (media.located = { kind: 'unknown', why: 'status 503' })],
    ['the file’s server is', () => (media.answer = () => ({ kind: 'status', status: 500 }))],
    ['nobody answers', () => (media.answer = () => ({ kind: 'failed', why: 'ECONNREFUSED' }))],
    ['it is cut short', () => (media.answer = sending(cut))],
  ] as const)('is put off: %s', async (_, arrange) => {
    arrange();
    await here.say(voice);
    await followed(here, fetcher());
    expect(await types()).toEqual(['MediaDeferred']);
    expect(await failureOf()).toMatchObject({ reason: 'media_download_failed', retryable: true });
    expect(await retryAtMs()).toBeGreaterThanOrEqual(5_000);
    expect(await retryAtMs()).toBeLessThanOrEqual(7_500);
    expect(await onDisk()).toEqual([]);
  });

  it('waits ten minutes for a person to mend what is wrong with the token', async () => {
    media.located = {
      kind: 'rejected',
      error: { code: '190', title: null, message: 'expired', details: null },
      errorClass: { reason: 'access_token_expired', retry: 'fix', retryable: false },
    };
    await here.say(voice);
    await followed(here, fetcher());
    expect(await retryAtMs()).toBeGreaterThanOrEqual(600_000);
    expect(await failureOf()).toMatchObject({ providerCode: '190', retryable: true });
  });

  it('is put off when the disk is full', async () => {
    const full: MediaStore = {
      ...store,
      put: async () => Promise.reject(Object.assign(new Error('/path'), { code: 'ENOSPC' })),
    };
    await here.say(voice);
    await followed(here, fetcher({ store: full }));
    expect(await failureOf()).toMatchObject({
      reason: 'media_not_stored',
      providerMessage: 'ENOSPC',
    });
  });

  it('is tried again when its time has come, later each time, and then stored', async () => {
    media.answer = () => ({ kind: 'failed', why: 'ECONNREFUSED' });
    await here.say(voice);
    await followed(here, fetcher());
    await followed(here, fetcher());
    expect(media.calls).toHaveLength(2);
    await here.say(retryFile(after(8_000)));
    await followed(here, fetcher());
    expect(await retryAtMs()).toBeGreaterThanOrEqual(10_000);
    media.answer = sending(whole);
    await here.say(retryFile(after(20_000), 2));
    await followed(here, fetcher());
    expect(await types()).toEqual([
      'MediaDeferred',
      'MediaRetryDue',
      'MediaDeferred',
      'MediaRetryDue',
      'MediaStored',
    ]);
  });

  it('S34: is fetched anew when it is not the one that was sent, but not for ever', async () => {
    media.located = { ...located, sha256: '00'.repeat(32) };
    await here.say(voice);
    for (let attempt = 1; attempt <= checksumAttemptsMax; attempt += 1) {
      await followed(here, fetcher());
      await here.say(retryFile(after(attempt * 60_000), attempt));
    }
    expect((await types()).filter((type) => type === 'MediaDeferred')).toHaveLength(
      checksumAttemptsMax - 1,
    );
    expect(await failureOf()).toMatchObject({
      reason: 'media_checksum_mismatch',
      retryable: false,
    });
    expect(await onDisk()).toEqual([]);
  });

  it('is left as it is by a process that stops', async () => {
    media.answer = () => ({ kind: 'failed', why: 'ABORT_ERR' });
    await here.say(voice);
    const [, received] = await here.facts();
    if (received?.type !== 'CustomerMessageReceived') throw new Error('it is not there');
    const stopping = AbortSignal.abort(new Error('stopping'));
    await expect(fetcher().dispatch(received, stopping)).rejects.toThrow('stopping');
    expect(await types()).toEqual([]);
  });
});
