import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  commandId,
  ERASED,
  eventId,
  instant,
  organisationId,
  type DomainEvent,
  type JsonObject,
  type Recorded,
} from '#kernel';
import { event, type EventCatalogue } from './catalogue.js';
import { createEventLog } from './codec.js';
import { NotJson } from './json.js';
import { UnknownEventType, type FactToRecord } from './log.js';
import { createMemoryEventStore } from './memory/event-store.js';
import { createMemoryKeyRing } from './memory/key-ring.js';
import type { EventStore } from './port.js';
import { TamperedField } from './sealing.js';

const at = instant(Date.UTC(2026, 0, 1));

const factOf = (data: object, over: Partial<FactToRecord> & { subject?: string | null } = {}) => {
  const { subject = 'contact-1', ...rest } = over;
  const metadata = {
    organisationId: organisationId('acme'),
    recordedAt: at,
    actor: { kind: 'staff', id: 'ann' } as const,
    capability: null,
    commandId: commandId('c1'),
    correlationId: 'k1',
    causationId: null,
    subject,
    basis: [{ stream: 'contact-1', revision: '3' }],
  };
  return { type: 'NoteTaken', at, id: eventId('e1'), data, metadata, ...rest };
};

/** Another fact than `factOf` makes: the same, but for its id. */
const again = (data: object, over: { subject?: string | null } = {}) =>
  factOf(data, { ...over, id: eventId('e2') });

const catalogue: EventCatalogue = { NoteTaken: event('text'), Counted: event() };

const fresh = (catalogues: readonly EventCatalogue[] = [catalogue]) => {
  const store = createMemoryEventStore({ clock: () => 0 });
  const keys = createMemoryKeyRing();
  return { store, keys, log: createEventLog({ store, keys, catalogues }) };
};

const collected = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const all = (log: { readAll(o: { direction: 'forwards' }): AsyncIterable<Recorded> }) =>
  collected(log.readAll({ direction: 'forwards' }));

/** Puts the first event of `from` on a new log as `change` makes it, below the codec. */
const altered = async (
  from: EventStore,
  to: EventStore,
  change: (data: JsonObject) => { readonly data: JsonObject; readonly stream?: string },
): Promise<void> => {
  const [stored] = await collected(from.readAll({ direction: 'forwards' }));
  if (stored === undefined) throw new Error('nothing was stored');
  const { data, stream = 's-1' } = change(stored.data);
  await to.append(stream, 'any', [{ ...stored, data }]);
};

describe('the codec', () => {
  it('gives back what was recorded, with its envelope and place', async () => {
    const { log } = fresh();
    await log.append('s-1', 'no-stream', [factOf({ text: 'hello', count: 2 })]);
    const [recorded] = await all(log);
    const { metadata, ...fact } = factOf({ text: 'hello', count: 2 });
    expect(recorded).toMatchObject({ ...fact, version: 1, stream: 's-1', revision: 0n });
    expect(recorded?.metadata).toEqual({ ...metadata, occurredAt: at });
  });

  it('leaves nothing of a personal field on the log in clear', async () => {
    const { log, store } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'a secret', count: 2 })]);
    const [stored] = await collected(store.readAll({ direction: 'forwards' }));
    expect(JSON.stringify(stored?.data)).not.toContain('secret');
    expect(stored?.data).toEqual({ text: { sealed: expect.any(String) }, count: 2 });
  });

  it('seals the same text differently each time', async () => {
    const { log, store } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x' }), again({ text: 'x' })]);
    const [one, two] = await collected(store.readAll({ direction: 'forwards' }));
    expect(one?.data).not.toEqual(two?.data);
  });

  it('shows a personal field as erased once its key is destroyed, and nothing else', async () => {
    const { log, keys } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x', count: 1 })]);
    await log.append('s-1', 'any', [again({ text: 'y' }, { subject: 'other' })]);
    await keys.destroy('acme', 'contact-1');
    expect((await all(log)).map(({ data }) => data)).toEqual([
      { text: ERASED, count: 1 },
      { text: 'y' },
    ]);
  });

  it('needs no key for null and for what is already erased', async () => {
    const { log } = fresh();
    await log.append('s-1', 'any', [factOf({ text: null }, { subject: null })]);
    await log.append('s-1', 'any', [again({ text: ERASED }, { subject: null })]);
    expect((await all(log)).map(({ data }) => data)).toEqual([{ text: null }, { text: ERASED }]);
  });

  it('refuses a personal field without a subject', async () => {
    const { log, store } = fresh();
    const append = log.append('s-1', 'any', [factOf({ text: 'x' }, { subject: null })]);
    await expect(append).rejects.toThrow('NoteTaken.text is personal but has no subject');
    expect(await store.head()).toBeNull();
  });

  it('does not open a field that was altered, moved to another stream, or put in clear', async () => {
    const { log, store, keys } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x' })]);
    const flipped = ({ text }: JsonObject): JsonObject => {
      const bytes = Buffer.from((text as { sealed: string }).sealed, 'base64');
      bytes.writeUInt8(bytes.readUInt8(14) ^ 1, 14);
      return { text: { sealed: bytes.toString('base64') } };
    };
    const changes = [
      (data: JsonObject) => ({ data: flipped(data) }),
      (data: JsonObject) => ({ data, stream: 's-2' }),
      () => ({ data: { text: 'y' } }),
      () => ({ data: { text: { sealed: '' } } }),
    ];
    for (const change of changes) {
      const other = createMemoryEventStore({ clock: () => 0 });
      await altered(store, other, change);
      const reading = createEventLog({ store: other, keys, catalogues: [catalogue] });
      const looking = all(reading).then((facts) => facts.map(({ data }) => ({ ...data })));
      await expect(looking).rejects.toThrow(TamperedField);
    }
  });

  it('opens a field once, and only for those who look at it', async () => {
    const { log, store, keys } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x', other: 1 })]);
    const other = createMemoryEventStore({ clock: () => 0 });
    await altered(store, other, (data) => ({ data, stream: 's-2' }));
    const moved = createEventLog({ store: other, keys, catalogues: [catalogue] });
    const [unread] = await all(moved);
    expect(unread?.data).toHaveProperty('other', 1);
    expect(() => ({ ...unread?.data })).toThrow(TamperedField);
    const [read] = await all(log);
    expect(Object.keys(read?.data ?? {})).toEqual(['text', 'other']);
    expect(structuredClone(read?.data)).toEqual({ text: 'x', other: 1 });
  });

  it('opens an unaltered field on another log, so that the test above proves the alteration', async () => {
    const { log, store, keys } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x' })]);
    const other = createMemoryEventStore({ clock: () => 0 });
    await altered(store, other, (data) => ({ data }));
    const reading = createEventLog({ store: other, keys, catalogues: [catalogue] });
    expect((await all(reading)).map(({ data }) => data)).toEqual([{ text: 'x' }]);
  });

  it('refuses data that only looks sealed', async () => {
    const append = fresh().log.append('s-1', 'any', [factOf({ other: { sealed: 'x' } })]);
    await expect(append).rejects.toThrow('looks sealed');
  });
});

describe('versions', () => {
  const second: EventCatalogue = {
    NoteTaken: {
      version: 2,
      personal: ['words'],
      upcasters: [({ text, ...rest }) => ({ ...rest, words: text ?? null, kind: 'note' })],
    },
  };

  it('upcasts what an older version wrote, after opening what it sealed', async () => {
    const { log, store, keys } = fresh();
    await log.append('s-1', 'any', [factOf({ text: 'x', count: 1 })]);
    const newer = createEventLog({ store, keys, catalogues: [second] });
    await newer.append('s-1', 'any', [again({ words: 'y', kind: 'note' })]);
    const read = await all(newer);
    expect(read.map(({ data, version }) => ({ data, version }))).toEqual([
      { data: { count: 1, words: 'x', kind: 'note' }, version: 2 },
      { data: { words: 'y', kind: 'note' }, version: 2 },
    ]);
  });

  it('does not guess at a version newer than it knows, nor at a type that no catalogue names', async () => {
    const { store, keys } = fresh();
    const newer = createEventLog({ store, keys, catalogues: [second] });
    await newer.append('s-1', 'any', [factOf({ words: 'y', kind: 'note' })]);
    for (const catalogues of [[catalogue], []])
      await expect(all(createEventLog({ store, keys, catalogues }))).rejects.toThrow(
        UnknownEventType,
      );
    const unknown = newer.append('s-1', 'any', [factOf({}, { type: 'Unheard' })]);
    await expect(unknown).rejects.toThrow(UnknownEventType);
  });

  it('refuses two catalogues that name one type, and a version without its upcasters', () => {
    expect(() => fresh([catalogue, { Counted: event() }])).toThrow('two catalogues');
    const lacking = { NoteTaken: { version: 2, personal: [], upcasters: [] } };
    expect(() => fresh([lacking])).toThrow('lacks an upcaster');
  });
});

describe('event data is JSON and only JSON', () => {
  it('drops optional fields that are undefined, at every depth', async () => {
    const { log } = fresh();
    await log.append('s-1', 'any', [factOf({ a: undefined, b: [{ c: undefined, d: 1 }] })]);
    expect((await all(log))[0]?.data).toEqual({ b: [{ d: 1 }] });
    expect(Object.keys((await all(log))[0]?.data ?? {})).toEqual(['b']);
  });

  it.each([
    ['a date', new Date(0)],
    ['a bigint', 1n],
    ['not a number', Number.NaN],
    ['an infinity', Number.POSITIVE_INFINITY],
    ['a function', () => 1],
    ['a map', new Map()],
    ['undefined in a list', [undefined]],
    ['a buffer', Buffer.from('x')],
  ])('refuses %s', async (_, value) => {
    const { log, store } = fresh();
    const append = log.append('s-1', 'any', [factOf({ deep: { value } })]);
    await expect(append).rejects.toThrow(NotJson);
    await expect(append).rejects.toThrow('NoteTaken.deep.value');
    expect(await store.head()).toBeNull();
  });

  it('refuses a value that holds itself', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    await expect(fresh().log.append('s-1', 'any', [factOf(loop)])).rejects.toThrow(NotJson);
  });

  it('round-trips any JSON, sealed or not', async () => {
    const values = fc.dictionary(
      fc.string().filter((key) => key !== 'sealed'),
      fc.jsonValue(),
      { maxKeys: 6 },
    );
    await fc.assert(
      fc.asyncProperty(values, fc.jsonValue(), async (open, text) => {
        const { log } = fresh();
        const data: DomainEvent['data'] = { ...open, text };
        await log.append('s-1', 'any', [factOf(data)]);
        const expected: unknown = JSON.parse(JSON.stringify(data));
        expect((await all(log))[0]?.data).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
