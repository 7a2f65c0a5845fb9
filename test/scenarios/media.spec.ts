import { createHash, createHmac } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMediaLinks, mediaLinkMsMax } from '#media';
import { organisationId } from '#kernel';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import {
  Traps,
  fileFacts,
  mediaFields,
  newestMedia,
  type Media,
  type MediaOf,
} from '../harness/files.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

type Headers = { readonly [name: string]: string };
type Change = {
  readonly conversationChanged: {
    readonly event: { readonly type: string };
    readonly message: { readonly content: Partial<Media> } | null;
  };
};

const changed = `subscription($id: ID!, $after: Cursor) {
  conversationChanged(id: $id, after: $after) {
    event { type } message { content { ${mediaFields} } } } }`;
const asOf = `query($id: ID!, $asOf: AsOf) { conversation(id: $id, asOf: $asOf) {
  messages(last: 1) { nodes { content { ${mediaFields} } } } } }`;

let casement: Casement;
let talk: Talk;
let traps: Traps;

beforeAll(async () => {
  traps = await Traps.listen();
  // A name that may be asked, and that leads to this machine: as if a name server were hostile.
  casement = await Casement.start({ environment: { WHATSAPP_MEDIA_HOSTS: 'localhost' } });
  talk = new Talk(casement);
});
afterAll(async () => {
  await casement.remove();
  await traps.close();
});
beforeEach(() => casement.simulator.mood('normal'));

const sends = (phone: string, media: string) => casement.simulator.writes(phone, null, { media });
const isSettled = ({ state }: Media): boolean => state !== 'PENDING';
const stored = async (phone: string, media: string): Promise<MediaOf & { url: string }> => {
  await sends(phone, media);
  const found = await newestMedia(casement, phone, isSettled);
  if (found.media.url === null) throw new Error(JSON.stringify(found.media));
  return { ...found, url: found.media.url };
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const get = async (url: string, headers: Headers = {}, method = 'GET') => {
  const response = await fetch(url, { method, headers, redirect: 'manual' });
  const bytes = Buffer.from(await response.arrayBuffer());
  const header = (name: string) => response.headers.get(name);
  return { status: response.status, bytes, header };
};
const bearer = (name: 'agent' | 'viewer' | 'otherOrganisation'): Headers => ({
  authorization: `Bearer ${casement.demo.tokens[name]}`,
});

describe('R118: a voice message', () => {
  let voice: MediaOf & { url: string };

  beforeAll(async () => {
    voice = await stored('447700900701', 'voice');
  });

  it('R118: is there to be played, byte for byte, and to be saved', async () => {
    const { media, url } = voice;
    expect(media).toMatchObject({
      kind: 'AUDIO',
      voice: true,
      mimeType: 'audio/ogg; codecs=opus',
      state: 'STORED',
      failure: null,
    });
    const played = await get(url);
    expect(played.status).toBe(200);
    expect(sha256(played.bytes)).toBe(media.sha256);
    expect(played.bytes).toHaveLength(media.size ?? 0);
    expect(played.header('content-type')).toBe('audio/ogg');
    expect(played.header('content-disposition')).toMatch(/^inline; filename="audio.ogg"/);
    const saved = await get(`${url}&download=1`);
    expect(saved.bytes.equals(played.bytes)).toBe(true);
    expect(saved.header('content-disposition')).toMatch(/^attachment; filename="audio.ogg"/);
  });

  it('S34: is served so that no browser runs or guesses anything', async () => {
    const { header } = await get(voice.url);
    expect(header('x-content-type-options')).toBe('nosniff');
    expect(header('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(header('cache-control')).toMatch(/^private\b/);
    expect(header('referrer-policy')).toBe('no-referrer');
  });

  it('R118: can be wound to any place', async () => {
    const { url, media } = voice;
    const whole = (await get(url)).bytes;
    const size = whole.length;
    const parts = [
      ['bytes=0-3', 0, 3],
      ['bytes=100-', 100, size - 1],
      ['bytes=-20', size - 20, size - 1],
      [`bytes=10-${size * 2}`, 10, size - 1],
    ] as const;
    for (const [range, first, last] of parts) {
      const part = await get(url, { range });
      expect(part.status).toBe(206);
      expect(part.header('content-range')).toBe(`bytes ${first}-${last}/${size}`);
      expect(part.bytes.equals(whole.subarray(first, last + 1))).toBe(true);
    }
    const beyond = await get(url, { range: `bytes=${size}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.header('content-range')).toBe(`bytes */${size}`);
    expect((await get(url, { range: 'bytes=0-1,4-5' })).status).toBe(200);
    expect((await get(url, { range: 'bytes=0-3', 'if-range': '"other"' })).status).toBe(200);
    const head = await get(url, {}, 'HEAD');
    expect([head.status, head.header('content-length'), head.bytes.length]).toEqual([
      200,
      String(media.size),
      0,
    ]);
    expect(head.header('accept-ranges')).toBe('bytes');
    const etag = head.header('etag') ?? '';
    expect((await get(url, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(url, { range: 'bytes=0-3', 'if-range': etag })).status).toBe(206);
  });

  it('R118: is told to whoever follows the conversation, as soon as it is there', async () => {
    const { conversationId: id } = voice;
    const live = casement.subscribe<Change>('agent', changed, { id, after: await talk.position() });
    await sends('447700900701', 'image');
    const { conversationChanged } = await live.until(
      'the file in the subscription',
      (told) => told.conversationChanged.event.type === 'MediaStored',
    );
    const content = conversationChanged.message?.content;
    expect(content).toMatchObject({ kind: 'IMAGE', state: 'STORED' });
    expect((await get(content?.url ?? '')).header('content-type')).toBe('image/jpeg');
    const before = live.received.find(
      (told) => told.conversationChanged.event.type === 'CustomerMessageReceived',
    );
    expect(before?.conversationChanged.message?.content).toMatchObject({ kind: 'IMAGE' });
    await live.close();
  });

  it('a document keeps its name, and is saved, never shown', async () => {
    const { media, url } = await stored('447700900702', 'document');
    expect(media.filename).toBe('car papers.pdf');
    const { header, bytes } = await get(url);
    expect(header('content-type')).toBe('application/pdf');
    expect(header('content-disposition')).toBe(
      `attachment; filename="car papers.pdf"; filename*=UTF-8''car%20papers.pdf`,
    );
    expect(sha256(bytes)).toBe(media.sha256);
  });

  it('the past shows it as it was, and a rebuild shows what is', async () => {
    const phone = '447700900703';
    await casement.simulator.mood({ media: 'unavailable' });
    await sends(phone, 'voice');
    const waiting = await newestMedia(casement, phone, ({ state }) => state === 'PENDING');
    const position = await talk.position();
    await casement.simulator.mood('normal');
    await casement.simulator.moves({ advance: 'PT1M' });
    const { media } = await newestMedia(casement, phone, isSettled);
    expect(media.state).toBe('STORED');
    const { conversationId: id } = waiting;
    type Then = { conversation: { messages: { nodes: { content: Media }[] } } };
    const then = await casement.gql<Then>('agent', asOf, { id, asOf: { position } });
    expect(then.conversation.messages.nodes[0]?.content).toMatchObject({
      state: 'PENDING',
      url: null,
      size: null,
    });
    const check = await casement.command('rebuild', '--check');
    expect([check.code, check.stderr]).toEqual([0, '']);
  });

  it('S34: stands sealed on the disk', async () => {
    const { bytes } = await get(voice.url);
    const folder = join(casement.dataDirectory, 'media');
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files) {
      expect(name).toMatch(/^[0-9a-f]{40}$/);
      const kept = await readFile(join(parentPath, name));
      expect(kept.includes('OggS')).toBe(false);
      expect(kept.includes(bytes.subarray(40, 80))).toBe(false);
    }
  });
});

describe('who is given a file', () => {
  const phone = '447700900704';
  let file: MediaOf & { url: string };
  let plain: string;

  beforeAll(async () => {
    file = await stored(phone, 'voice');
    plain = `${casement.demo.url}/media/${file.media.id}`;
  });

  /** Links as this installation signs them, at another hour. */
  const links = (offsetMs: number) => {
    const key = createHash('sha256').update('casement simulator').digest();
    const secret = createHmac('sha256', key).update('media links').digest('base64url');
    const wallClock = () => Date.now() + offsetMs;
    return createMediaLinks({ secret, baseUrl: () => casement.demo.url, wallClock });
  };
  const acme = organisationId('acmemotors');
  const northwind = organisationId('northwind');

  it('whoever may see messages, by their token', async () => {
    for (const name of ['agent', 'viewer'] as const) {
      const { status, bytes } = await get(plain, bearer(name));
      expect([status, sha256(bytes)]).toEqual([200, file.media.sha256]);
    }
  });

  it('nobody without a token or a link, and no token in the address', async () => {
    expect((await get(plain)).status).toBe(401);
    expect((await get(plain, { authorization: 'Bearer nobodys' })).status).toBe(401);
    const inQuery = `${plain}?access_token=${casement.demo.tokens.agent}`;
    expect((await get(inQuery)).status).toBe(401);
    expect((await get(`${plain}?access=${casement.demo.tokens.agent}`)).status).toBe(403);
  });

  it('no other organisation: its file is unknown there', async () => {
    const others = await get(plain, bearer('otherOrganisation'));
    const unknown = await get(
      `${casement.demo.url}/media/000000000000000000000000`,
      bearer('otherOrganisation'),
    );
    expect([others.status, others.bytes.toString()]).toEqual([404, unknown.bytes.toString()]);
    expect(unknown.status).toBe(404);
    const signed = links(0).urlOf(northwind, file.media.id);
    expect((await get(signed)).status).toBe(404);
    expect((await get(links(0).urlOf(acme, file.media.id))).status).toBe(200);
  });

  it('nobody with a link that was changed, is of another file, or is too old', async () => {
    const own = new URL(file.url);
    const access = own.searchParams.get('access') ?? '';
    const withAccess = (changedAccess: string): string => {
      const url = new URL(own);
      url.searchParams.set('access', changedAccess);
      return url.href;
    };
    const [claim = '', signature = ''] = access.split('.');
    const flipped = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    const claimed = `${Date.now() + 86_400_000} ${acme}`;
    const forged = Buffer.from(claimed).toString('base64url');
    const other = await stored('447700900706', 'image');
    const refused = [
      withAccess(`${claim}.${flipped}`),
      withAccess(`${forged}.${signature}`),
      withAccess(claim),
      withAccess(''),
      withAccess('.'),
      `${own.href}&access=${access}`,
      `${casement.demo.url}/media/${other.media.id}?access=${access}`,
      links(-mediaLinkMsMax).urlOf(acme, file.media.id),
    ];
    for (const url of refused) {
      const { status, bytes } = await get(url);
      expect([url, status]).toEqual([url, 403]);
      expect(bytes.length).toBeLessThan(200);
    }
    expect((await get(file.url)).status).toBe(200);
  });

  it('nobody, once the customer has taken the message back', async () => {
    const { wamid } = await sends('447700900705', 'voice');
    const { media } = await newestMedia(casement, '447700900705', isSettled);
    expect((await get(media.url ?? '')).status).toBe(200);
    const payload = { original_message_id: wamid };
    await casement.simulator.writes('447700900705', null, { type: 'revoke', payload });
    await eventually('a file that is gone', async () => {
      return (await get(media.url ?? '')).status === 404;
    });
  });
});

describe('S32 S34: what WhatsApp says is no proof', () => {
  const refusals = [
    ['redirect', () => traps.httpUrl, 'media_redirected'],
    ['redirect', () => null, 'media_redirected'],
    ['elsewhere', () => null, 'media_host_not_allowed'],
    ['elsewhere', () => traps.httpUrl, 'media_host_not_allowed'],
    ['elsewhere', () => traps.httpUrl.replace('127.0.0.1', 'localhost'), 'media_not_https'],
    ['elsewhere', () => traps.httpsUrl, 'media_private_address'],
    ['elsewhere', () => 'https://lookaside.fbsbx.com.evil.example/', 'media_host_not_allowed'],
    ['elsewhere', () => 'file:///etc/passwd', 'media_host_not_allowed'],
    ['wrong_type', () => null, 'media_type_mismatch'],
    ['svg', () => null, 'media_type_mismatch'],
    ['empty', () => null, 'media_empty'],
    ['too_large', () => null, 'media_too_large'],
    ['gone', () => null, 'media_not_found'],
  ] as const;

  it.each(refusals.map((each, index) => [index, ...each] as const))(
    'S32 S34: %i, a file that is %s is refused, and nothing is asked that should not be',
    async (index, media, address, reason) => {
      const phone = `4477009007${index + 10}`;
      await casement.simulator.mood({ media, mediaUrl: address() });
      await sends(phone, 'image');
      const { media: file } = await newestMedia(casement, phone, isSettled);
      expect(file).toMatchObject({ state: 'REFUSED', url: null, size: null, failure: { reason } });
      expect(file.failure?.message).toMatch(/^[A-Z].*\.$/);
      const asked = await get(`${casement.demo.url}/media/${file.id}`, bearer('agent'));
      expect(asked.status).toBe(404);
      expect(traps.requests).toEqual([]);
      expect(traps.connections).toBe(0);
    },
  );

  it('leaves nothing of what was refused on the disk', async () => {
    expect(await readdir(join(casement.dataDirectory, 'media', 'new'))).toEqual([]);
  });
});

describe('what may pass is tried again', () => {
  it.each([
    ['cut', '447700900731'],
    ['corrupt', '447700900732'],
    ['unavailable', '447700900733'],
  ])('a file whose fetching is %s comes later', async (media, phone) => {
    await casement.simulator.mood({ media });
    await sends(phone, 'voice');
    const { conversationId: id } = await newestMedia(casement, phone, () => true);
    const types = async () => (await fileFacts(casement, id)).map(({ type }) => type);
    await eventually('a fetch that failed', async () => (await types()).length > 0);
    await casement.simulator.mood('normal');
    await casement.simulator.moves({ advance: 'PT1M' });
    const { media: file } = await newestMedia(casement, phone, isSettled);
    expect(file.state).toBe('STORED');
    expect(await types()).toEqual(['MediaDeferred', 'MediaRetryDue', 'MediaStored']);
  });

  it('S32: a file that comes slowly holds up nobody, and is given up after 30 seconds', async () => {
    const [slow, other] = ['447700900734', '447700900735'];
    await casement.simulator.mood({ media: 'slow' });
    await sends(slow, 'voice');
    const { conversationId } = await newestMedia(casement, slow, () => true);
    const folder = join(casement.dataDirectory, 'media', 'new');
    await eventually('the first half of it', async () => (await readdir(folder)).length > 0);
    await casement.simulator.mood('normal');
    const sentAt = performance.now();
    const sent = await talk.sendsWell(conversationId, 'I am listening.');
    await talk.messageThatIs('READ', conversationId, sent.id);
    expect((await stored(other, 'voice')).media.state).toBe('STORED');
    expect(performance.now() - sentAt).toBeLessThan(15_000);
    const found = await newestMedia(casement, slow, () => true);
    expect(found.media.state).toBe('PENDING');
    await eventually('a fetch that was given up', async () => {
      const facts = await fileFacts(casement, conversationId);
      return facts.some(({ type }) => type === 'MediaDeferred');
    });
    expect(performance.now() - sentAt).toBeGreaterThan(20_000);
    await casement.simulator.moves({ advance: 'PT1M' });
    const { media } = await newestMedia(casement, slow, isSettled);
    expect(media.state).toBe('STORED');
  });

  it('a file that never came within seven days is refused', async () => {
    const phone = '447700900736';
    await casement.simulator.mood({ media: 'unavailable' });
    await sends(phone, 'voice');
    await newestMedia(casement, phone, ({ state }) => state === 'PENDING');
    for (let day = 0; day < 8; day += 1) await casement.simulator.moves({ advance: 'PT24H' });
    const { media } = await newestMedia(casement, phone, isSettled);
    expect(media.failure?.reason).toBe('media_expired');
  });
});
