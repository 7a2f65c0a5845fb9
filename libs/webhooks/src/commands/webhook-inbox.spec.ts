import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { instant, isErased } from '#kernel';
import { Record, SystemChance } from '#engine';
import { createEventLog, type createMemoryEventStore } from '#event-store';
import { keptBytesMax, unpacked } from '../body.js';
import { webhookCatalogue } from '../domain/events.js';
import { world as worldAt } from '../spec/world.js';
import { WebhookInbox, rawBodyMaxAgeSeconds } from './webhook-inbox.js';

const start = instant(Date.UTC(2026, 10, 20, 22, 59, 59, 999));
const day = 'webhooks-whatsapp-2026-11-20';
const world = () => worldAt(start);

describe('the webhook inbox', () => {
  it('keeps the very bytes that came, whatever they are', async () => {
    const { inbox, kept } = world();
    const body = Buffer.from([0, 255, 128, 10, 0xf0, 0x9f, 0x9a, 0xab]);
    await inbox().receive('whatsapp', body);
    const [fact] = await kept(day);
    if (!fact || isErased(fact.data.body)) throw new Error('it was not kept');
    expect(unpacked({ ...fact.data, body: fact.data.body })).toEqual(body);
    expect(fact.data.source).toBe('whatsapp');
    expect(fact.metadata.actor).toEqual({ kind: 'provider', id: 'whatsapp' });
  });

  it('keeps a body that no packing makes smaller, up to a size that is told', async () => {
    const { inbox, kept } = world();
    const body = randomBytes(keptBytesMax);
    await inbox().receive('whatsapp', body, 'q'.repeat(2_000));
    const [fact] = await kept(day);
    if (!fact || isErased(fact.data.body)) throw new Error('it was not kept');
    expect(unpacked({ ...fact.data, body: fact.data.body }).equals(body)).toBe(true);
  });

  it('R104: keeps the query of the address beside the body, in a stream of its source', async () => {
    const { inbox, kept } = world();
    const receiving = inbox();
    await receiving.receive('smsstatus', Buffer.from('a=1'), 'organisation=acme');
    await receiving.receive('sms', Buffer.from('a=1'));
    const [told] = await kept('webhooks-smsstatus-2026-11-20');
    const [written] = await kept('webhooks-sms-2026-11-20');
    expect(told?.data).toMatchObject({ source: 'smsstatus', query: 'organisation=acme' });
    expect(written?.data).toMatchObject({ source: 'sms', query: '' });
  });

  it('F15: keeps a delivery each time it comes: that it is the same is for others to see', async () => {
    const { inbox, kept } = world();
    const receiving = inbox();
    const body = Buffer.from('{}');
    await Promise.all(Array.from({ length: 8 }, () => receiving.receive('whatsapp', body)));
    expect(await kept(day)).toHaveLength(8);
  });

  it('has a stream for each day and a key for each hour, in UTC', async () => {
    const { clock, inbox, kept, keys } = world();
    const receiving = inbox();
    await receiving.receive('whatsapp', Buffer.from('22:59'));
    clock.advance(1);
    await receiving.receive('whatsapp', Buffer.from('23:00'));
    clock.advance(3_600_000);
    await receiving.receive('whatsapp', Buffer.from('00:00'));
    const today = await kept(day);
    const tomorrow = await kept('webhooks-whatsapp-2026-11-21');
    expect([...today, ...tomorrow].map(({ metadata }) => metadata.subject)).toEqual([
      'webhooks-whatsapp-2026-11-20T22',
      'webhooks-whatsapp-2026-11-20T23',
      'webhooks-whatsapp-2026-11-21T00',
    ]);
    await keys.destroy('system', 'webhooks-whatsapp-2026-11-20T22');
    const erased = (await kept(day)).map(({ data }) => isErased(data.body));
    expect(erased).toEqual([true, false]);
  });

  it('lets bodies go after seven days, and not before', async () => {
    const { clock, store, inbox, kept } = world();
    expect(rawBodyMaxAgeSeconds).toBe(604_800);
    await inbox().receive('whatsapp', Buffer.from('{}'));
    expect(await store.getStreamMetadata(day)).toEqual({ maxAgeSeconds: 604_800 });
    clock.advance(604_799_999);
    expect(await kept(day)).toHaveLength(1);
    clock.advance(1);
    expect(await kept(day)).toHaveLength(0);
  });

  it('sets how long before the first body, so that a crash leaves none that stay', async () => {
    const { store, clock, keys } = world();
    const failing = createEventLog({
      store: { ...methodsOf(store), append: () => Promise.reject(new Error('full')) },
      keys,
      catalogues: [webhookCatalogue],
    });
    const inbox = new WebhookInbox(new Record(failing, clock), clock, new SystemChance());
    await expect(inbox.receive('whatsapp', Buffer.from('{}'))).rejects.toThrow('full');
    expect(await store.getStreamMetadata(day)).toEqual({ maxAgeSeconds: 604_800 });
  });
});

const methodsOf = (store: ReturnType<typeof createMemoryEventStore>): typeof store => ({
  append: store.append.bind(store),
  readStream: store.readStream.bind(store),
  readAll: store.readAll.bind(store),
  subscribe: store.subscribe.bind(store),
  head: store.head.bind(store),
  epoch: store.epoch.bind(store),
  getStreamMetadata: store.getStreamMetadata.bind(store),
  setStreamMetadata: store.setStreamMetadata.bind(store),
  deleteStream: store.deleteStream.bind(store),
  close: store.close.bind(store),
});
