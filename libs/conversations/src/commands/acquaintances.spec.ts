import { describe, expect, it } from '@jest/globals';
import { epochMs, instant, numberId, type CommandContext, type Recorded } from '#kernel';
import {
  Identities,
  MeetContact,
  MergeContacts,
  contactCatalogue,
  contactDecider,
  type Address,
  type Encounter,
} from '#contacts';
import {
  Decisions,
  MovableClock,
  SystemChance,
  SystemClock,
  SystemTimer,
  decisionLimits,
} from '#engine';
import {
  createEventLog,
  createMemoryEventStore,
  createMemoryKeyRing,
  type EventStore,
} from '#event-store';
import { SmsAddresses, organisationCatalogue } from '#organisations';
import { PortalCodes, portalCatalogue } from '#portal';
import { conversationDecider } from '../domain/conversation.js';
import { conversationCatalogue } from '../domain/events.js';
import { acme, after, noon } from '../spec/people.js';
import { receive } from '../spec/wishes.js';
import { contextAt } from '../spec/world.js';
import { Acquaintances } from './acquaintances.js';
import { SmsPlaces } from './sms-places.js';

const bsuid: Address = { kind: 'bsuid', address: 'GB.1' };
/** Of somebody who was met before them both. */
const hers: Address = { kind: 'bsuid', address: 'GB.2' };
const waId: Address = { kind: 'wa_id', address: '447700900281' };
const phone: Address = { kind: 'phone', address: '+447700900281' };
const numbers = ['number1', 'number2'].map(numberId);

const encounter = (addresses: readonly Address[], told: Partial<Encounter> = {}): Encounter => ({
  numberId: numbers[0] ?? numberId('number1'),
  addresses,
  profileName: 'Daniel',
  formerly: [],
  toldAt: noon,
  ...told,
});

class Crash extends Error {
  override readonly name = 'Crash';
}

/** A store that breaks at one append: before it is kept, or after. */
const breaking = (store: EventStore) => {
  let appends = Infinity;
  let isKept = false;
  return {
    store: {
      readStream: store.readStream.bind(store),
      readAll: store.readAll.bind(store),
      subscribe: store.subscribe.bind(store),
      head: store.head.bind(store),
      epoch: store.epoch.bind(store),
      getStreamMetadata: store.getStreamMetadata.bind(store),
      setStreamMetadata: store.setStreamMetadata.bind(store),
      deleteStream: store.deleteStream.bind(store),
      close: store.close.bind(store),
      append: async (...append: Parameters<EventStore['append']>) => {
        appends -= 1;
        if (appends !== 0) return store.append(...append);
        if (isKept) await store.append(...append);
        throw new Crash('the process ended here');
      },
    },
    breaksAt: (append: number, kept: boolean) => {
      appends = append;
      isKept = kept;
    },
  };
};

const world = () => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(noon) });
  const chance = new SystemChance();
  const keys = createMemoryKeyRing();
  const { store, breaksAt } = breaking(createMemoryEventStore({ clock: () => clock.now() }));
  const log = createEventLog({
    store,
    keys,
    catalogues: [conversationCatalogue, contactCatalogue, portalCatalogue, organisationCatalogue],
  });
  const timer = new SystemTimer();
  const fingerprints = { of: keys.fingerprint.bind(keys) };
  /** As a process that has just started. */
  const process = () => {
    const tools = { log, clock, chance, timer, versionOf: () => 1, limits: decisionLimits };
    const decisions = new Decisions(tools);
    const identities = new Identities(decisions, fingerprints);
    const contacts = new MeetContact(decisions, identities, chance);
    const mergers = new MergeContacts(decisions, identities, chance);
    const codes = new PortalCodes(decisions, fingerprints, clock, chance, 'portal key');
    const people = new Acquaintances(contacts, mergers, codes, decisions);
    const smsAddresses = new SmsAddresses(decisions, fingerprints);
    const sms = new SmsPlaces(smsAddresses, contacts, people);
    return { decisions, contacts, people, sms, smsAddresses };
  };
  const facts = async (): Promise<readonly Recorded[]> => {
    const all: Recorded[] = [];
    for await (const recorded of log.readAll({ direction: 'forwards' })) all.push(recorded);
    return all;
  };
  return { process, facts, breaksAt };
};

const context = (ms = 0): CommandContext => contextAt(after(ms));

/** Somebody met by BSUID at both numbers, and by number at the first, who wrote in each thread. */
const twoOfOne = async () => {
  const here = world();
  const { people, decisions } = here.process();
  const writes = async (met: Encounter, name: string, ms: number) => {
    const { threadId, contactId } = await people.meet(met, context(ms));
    const wish = { ...receive(after(ms), name), threadId, contactId, numberId: met.numberId };
    await decisions.run(conversationDecider, `${acme}-${threadId}`, wish, context());
    return { threadId, contactId };
  };
  await people.meet(encounter([hers]), context());
  const byNumber = await writes(encounter([waId, phone]), 'one', 1);
  const byBsuid = await writes(encounter([bsuid]), 'two', 2);
  const elsewhere = encounter([bsuid], { numberId: numbers[1] ?? numberId('number2') });
  await writes(elsewhere, 'three', 3);
  return { ...here, byNumber, byBsuid };
};

/** All that a merger is about, in an order of its own: contacts, threads and addresses as they stand. */
const outcome = async ({
  process,
  facts,
  byNumber,
  byBsuid,
}: Awaited<ReturnType<typeof twoOfOne>>) => {
  const { contacts, decisions } = process();
  const owner = await contacts.owner({ addresses: [bsuid] }, acme);
  const one = (await contacts.load(acme, byBsuid.contactId)).state;
  const gone = await decisions.load(contactDecider, `${acme}-${byBsuid.contactId}`, {
    fresh: true,
  });
  const threadIds = [...one.threads.values(), ...one.absorbed.threads.keys()];
  const threads = await Promise.all(
    threadIds.map(async (thread) => {
      const loaded = await decisions.load(conversationDecider, `${acme}-${thread}`, {
        fresh: true,
      });
      const { contactId, episode, window, closed, absorbed } = loaded.state;
      return {
        isSurvivors: contactId === byNumber.contactId,
        lifecycle: episode?.lifecycle,
        wroteAt: window.lastCustomerMessageAtMs,
        isClosed: closed !== null,
        absorbed: absorbed.size,
      };
    }),
  );
  const counts = ['ContactsMerged', 'ThreadAbsorbed', 'ThreadClosed', 'ConversationStarted'];
  const all = await facts();
  return {
    owner: owner === byNumber.contactId,
    survivor: gone.state.survivor === byNumber.contactId,
    absorbed: one.absorbed.contacts.toArray().map((id) => id === byBsuid.contactId),
    addresses: one.addresses.map(({ address }) => address).toObject(),
    threads,
    counts: counts.map((type) => [type, all.filter((each) => each.type === type).length]),
  };
};

describe('two contacts that turn out to be one', () => {
  const told = encounter([bsuid, waId, phone], { toldAt: after(9) });

  it('Q17: become one contact, whose threads have gone on where they were', async () => {
    const here = await twoOfOne();
    const met = await here.process().people.meet(told, context());
    expect(met).toEqual(here.byNumber);
    expect(await outcome(here)).toEqual({
      owner: true,
      survivor: true,
      absorbed: [true],
      addresses: { bsuid: 'GB.1', wa_id: '447700900281', phone: '+447700900281' },
      threads: [
        open(after(2), 1),
        open(after(3), 1),
        { ...over(after(2)), isClosed: true },
        { ...over(after(3)), isClosed: true },
      ],
      counts: [
        ['ContactsMerged', 1],
        ['ThreadAbsorbed', 2],
        ['ThreadClosed', 2],
        ['ConversationStarted', 4],
      ],
    });
  });

  it('P2: whatever append the process ends at, the next one comes to the same', async () => {
    const before = await twoOfOne();
    const appendsBefore = (await before.facts()).length;
    await before.process().people.meet(told, context());
    const expected = await outcome(before);
    const appends = (await before.facts()).length - appendsBefore;
    let crashes = 0;
    for (let append = 1; append <= appends; append += 1)
      for (const kept of [false, true]) {
        const here = await twoOfOne();
        const command = context();
        here.breaksAt(append, kept);
        const outcomes = await Promise.allSettled([here.process().people.meet(told, command)]);
        crashes += outcomes[0]?.status === 'rejected' ? 1 : 0;
        here.breaksAt(Infinity, false);
        await here.process().people.meet(told, command);
        expect(await outcome(here)).toEqual(expected);
      }
    expect(crashes).toBeGreaterThan(12);
  });

  it('Q17, P17: an SMS goes on with a merger that a process began and did not end', async () => {
    const ends = { ours: '+447700900999', theirs: phone.address };
    const here = world();
    const { people, smsAddresses } = here.process();
    const owner = { organisationId: acme, numberId: told.numberId };
    await smsAddresses.assign(ends.ours, owner, context());
    const first = await people.meet(encounter([bsuid]), context());
    await people.meet(encounter([waId, phone], { toldAt: after(1) }), context(1));
    here.breaksAt(2, false);
    await expect(here.process().people.meet(told, context())).rejects.toThrow(Crash);
    const { sms, contacts } = here.process();
    expect(await sms.meet(ends, after(10), context())).toMatchObject(first);
    const { state } = await contacts.load(acme, first.contactId);
    expect(state.absorbed.contacts.size).toBe(1);
  });

  it('Q17: who absorbed another before is absorbed with them', async () => {
    const here = await twoOfOne();
    const { people, contacts, decisions } = here.process();
    await people.meet(told, context(20));
    const changed = encounter([hers], { formerly: [bsuid], toldAt: after(40) });
    await people.meet(changed, context(40));
    const oldest = await contacts.owner({ addresses: [hers] }, acme);
    const gone = [here.byNumber.contactId, here.byBsuid.contactId];
    const { state } = await contacts.load(acme, gone[1] ?? here.byBsuid.contactId);
    expect(state.contactId).toBe(oldest);
    expect(state.absorbed.contacts.toArray().toSorted()).toEqual(gone.toSorted());
    expect(state.absorbed.threads.size).toBe(4);
    for (const thread of state.absorbed.threads.keys()) {
      const id = `${acme}-${thread}`;
      const loaded = await decisions.load(conversationDecider, id, { fresh: true });
      expect([loaded.state.contactId, loaded.state.closed !== null]).toEqual([oldest, true]);
    }
  });

  it('Q17: two that find out at once merge once', async () => {
    const here = await twoOfOne();
    const command = context();
    await Promise.allSettled([1, 2, 3].map(() => here.process().people.meet(told, { ...command })));
    await here.process().people.meet(told, command);
    expect(await outcome(here)).toMatchObject({
      absorbed: [true],
      threads: [{ isClosed: false }, { isClosed: false }, { isClosed: true }, { isClosed: true }],
    });
  });
});

const over = (wroteAt: ReturnType<typeof instant>) => ({
  isSurvivors: true,
  lifecycle: 'ENDED',
  wroteAt: epochMs(wroteAt),
  isClosed: false,
  absorbed: 0,
});
const open = (wroteAt: ReturnType<typeof instant>, absorbed: number) => ({
  ...over(wroteAt),
  lifecycle: 'ACTIVE',
  absorbed,
});
