import { describe, expect, it } from '@jest/globals';
import {
  commandId,
  epochMs,
  instant,
  numberId,
  organisationId,
  type CommandContext,
  type Recorded,
} from '#kernel';
import {
  Decisions,
  MovableClock,
  SystemChance,
  SystemClock,
  SystemTimer,
  decisionLimits,
} from '#engine';
import { createEventLog, createMemoryEventStore, createMemoryKeyRing } from '#event-store';
import { addressOf } from '../domain/addresses.js';
import { contactCatalogue } from '../domain/events.js';
import { Identities } from './identities.js';
import { AddressesConflict, AddressesMoved, MeetContact, type Encounter } from './meet-contact.js';

const at = instant(1_000);
const acme = organisationId('acme');
const waId = { kind: 'wa_id' as const, address: '447700900281' };
const bsuid = { kind: 'bsuid' as const, address: 'GB.1' };
const phone = { kind: 'phone' as const, address: '+447700900281' };
const otherWaId = { kind: 'wa_id' as const, address: '447700900282' };
const encounter = (...addresses: Encounter['addresses']): Encounter => ({
  numberId: numberId('number1'),
  addresses,
  profileName: 'Daniel',
  formerly: [],
  toldAt: at,
});

let contexts = 0;
const context = (organisation = acme): CommandContext => {
  contexts += 1;
  const id = commandId(`webhook-${contexts}`);
  return {
    commandId: id,
    correlationId: id,
    causationId: null,
    organisationId: organisation,
    actor: { kind: 'provider', id: 'whatsapp' },
    capability: null,
    at,
    subject: null,
    basis: [],
  };
};

const world = () => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(at) });
  const keys = createMemoryKeyRing();
  const chance = new SystemChance();
  const store = createMemoryEventStore({ clock: () => clock.now() });
  const log = createEventLog({ store, keys, catalogues: [contactCatalogue] });
  const fingerprints = { of: keys.fingerprint.bind(keys) };
  const timer = new SystemTimer();
  const tools = { log, clock, chance, timer, versionOf: () => 1, limits: decisionLimits };
  /** As a process of its own would meet people. */
  const meeting = () => {
    const decisions = new Decisions(tools);
    return new MeetContact(decisions, new Identities(decisions, fingerprints), chance);
  };
  const facts = async (): Promise<readonly Recorded[]> => {
    const all: Recorded[] = [];
    for await (const recorded of log.readAll({ direction: 'forwards' })) all.push(recorded);
    return all;
  };
  const count = async (type: string) => (await facts()).filter((fact) => fact.type === type).length;
  return { meeting, facts, count };
};

describe('meeting whoever wrote', () => {
  it('makes a contact of somebody new, and finds them again by any of their addresses', async () => {
    const { meeting, count } = world();
    const contacts = meeting();
    const met = await contacts.meet(encounter(bsuid, waId), context());
    for (const addresses of [[bsuid], [waId], [bsuid, waId]])
      expect(await contacts.meet(encounter(...addresses), context())).toEqual(met);
    expect(await meeting().meet(encounter(waId), context())).toEqual(met);
    expect([await count('ContactMet'), await count('ContactThreadOpened')]).toEqual([1, 1]);
  });

  it('Q17: gives an address that turns up later to the contact that is known', async () => {
    const { meeting } = world();
    const contacts = meeting();
    const met = await contacts.meet(encounter(waId), context());
    expect(await contacts.meet(encounter(bsuid, waId), context())).toEqual(met);
    expect(await contacts.meet(encounter(bsuid), context())).toEqual(met);
  });

  it('R100: is the same contact and thread by SMS first and WhatsApp then', async () => {
    const { meeting, count } = world();
    const contacts = meeting();
    const bySms = await contacts.meet({ ...encounter(phone), profileName: null }, context());
    expect(await contacts.meet(encounter(waId, phone), context())).toEqual(bySms);
    expect(await contacts.find(encounter(waId), acme)).toEqual(bySms);
    const { state } = await contacts.load(acme, bySms.contactId);
    expect([addressOf(state, 'wa_id'), addressOf(state, 'phone')]).toEqual([
      '447700900281',
      '+447700900281',
    ]);
    expect(state.profileName).toBe('Daniel');
    expect(await count('ContactMet')).toBe(1);
  });

  it('R100: is the same contact and thread by WhatsApp first and SMS then', async () => {
    const { meeting, count } = world();
    const contacts = meeting();
    const byWhatsApp = await contacts.meet(encounter(bsuid, waId, phone), context());
    const sms = { ...encounter(phone), profileName: null };
    expect(await contacts.find(sms, acme)).toEqual(byWhatsApp);
    expect(await meeting().meet(sms, context())).toEqual(byWhatsApp);
    expect([await count('ContactMet'), await count('ContactProfileNameChanged')]).toEqual([1, 1]);
  });

  it('Q17: learns and claims the phone of a contact who was met without one', async () => {
    const { meeting, count } = world();
    const contacts = meeting();
    const met = await contacts.meet(encounter(waId), context());
    expect(await contacts.find(encounter(phone), acme)).toBeNull();
    expect(await contacts.meet(encounter(waId, phone), context())).toEqual(met);
    expect(await contacts.find(encounter(phone), acme)).toEqual(met);
    const { state } = await contacts.load(acme, met.contactId);
    expect(addressOf(state, 'phone')).toBe('+447700900281');
    expect(await count('AddressClaimed')).toBe(2);
  });

  it('never guesses when the phone is one contact’s and the wa_id another’s', async () => {
    const { meeting, facts } = world();
    const contacts = meeting();
    await contacts.meet(encounter(phone), context());
    await contacts.meet(encounter(waId), context());
    const before = (await facts()).length;
    await expect(contacts.meet(encounter(waId, phone), context())).rejects.toThrow(
      AddressesConflict,
    );
    expect(await facts()).toHaveLength(before);
  });

  it('C05: opens a thread for each business number, for the same contact', async () => {
    const { meeting } = world();
    const contacts = meeting();
    const one = await contacts.meet(encounter(waId), context());
    const elsewhere = { ...encounter(waId), numberId: numberId('number2') };
    const other = await contacts.meet(elsewhere, context());
    expect(other.contactId).toBe(one.contactId);
    expect(other.threadId).not.toBe(one.threadId);
  });

  it('adds nothing when nothing is new', async () => {
    const { meeting, facts } = world();
    const contacts = meeting();
    await contacts.meet(encounter(bsuid, waId), context());
    const before = (await facts()).length;
    await contacts.meet(encounter(bsuid, waId), context());
    await contacts.meet({ ...encounter(waId), profileName: null }, context());
    expect(await facts()).toHaveLength(before);
  });

  it.each([
    ['one process', 1],
    ['many processes', 8],
  ])(
    'eight at once in %s make one contact and one thread of somebody new',
    async (_, processes) => {
      const { meeting, count } = world();
      const all = Array.from({ length: processes }, meeting);
      const met = await Promise.all(
        Array.from({ length: 8 }, (__, n) =>
          (all[n % processes] ?? meeting()).meet(encounter(bsuid, waId), context()),
        ),
      );
      expect(new Set(met.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(await count('AddressClaimed')).toBe(2);
      expect([await count('ContactMet'), await count('ContactThreadOpened')]).toEqual([1, 1]);
    },
  );

  it('never guesses between two contacts', async () => {
    const { meeting, facts } = world();
    const contacts = meeting();
    await contacts.meet(encounter(bsuid), context());
    await contacts.meet(encounter(waId), context());
    const before = (await facts()).length;
    await expect(contacts.meet(encounter(bsuid, waId), context())).rejects.toThrow(
      AddressesConflict,
    );
    expect(await facts()).toHaveLength(before);
  });

  it('looks again when somebody else claims an address meanwhile', async () => {
    const { meeting, count } = world();
    const first = await meeting().meet(encounter(otherWaId), context());
    // Both look before either claims: the second loses the first address to the other's contact.
    const outcomes = await Promise.allSettled([
      meeting().meet(encounter(bsuid, waId), context()),
      meeting().meet(encounter(bsuid, otherWaId), context()),
    ]);
    const met = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(met.length).toBeGreaterThan(0);
    const again = await meeting().find(encounter(bsuid), acme);
    expect(met).toContainEqual(again);
    expect(await count('ContactMet')).toBeLessThanOrEqual(2);
    expect((await meeting().load(acme, first.contactId)).state.threads.size).toBe(1);
  });

  it('Q17: knows a new one, of whom a new BSUID is told, by the number of which no change is', async () => {
    const contacts = world().meeting();
    const changed = { ...encounter(bsuid), formerly: [waId, phone] };
    const met = await contacts.meet(changed, context());
    expect(await contacts.find(encounter(waId), acme)).toEqual(met);
    const elsewhere = world().meeting();
    const moved = { ...encounter(otherWaId), formerly: [waId] };
    const other = await elsewhere.meet(moved, context());
    expect(await elsewhere.find(encounter(otherWaId), acme)).toEqual(other);
    expect(await elsewhere.find(encounter(waId), acme)).toBeNull();
  });

  it('Q17: a number that was left is free for somebody new', async () => {
    const contacts = world().meeting();
    const met = await contacts.meet(encounter(waId, phone), context());
    const changed = { ...encounter(otherWaId), formerly: [waId, phone], toldAt: instant(2_000) };
    expect(await contacts.meet(changed, context())).toEqual(met);
    expect(await contacts.find(encounter(waId), acme)).toBeNull();
    expect(await contacts.find(encounter(phone), acme)).toBeNull();
    const stranger = await contacts.meet(encounter(waId, phone), context());
    expect(stranger.contactId).not.toBe(met.contactId);
  });

  it('Q17: what went to another while it was written down is not kept', async () => {
    const { meeting } = world();
    const [one, other] = [meeting(), meeting()];
    const met = await one.meet(encounter(bsuid, waId), context());
    const told = { ...encounter(bsuid, waId), numberId: numberId('number2') };
    const ready = await one.prepare(told, acme);
    if (ready.kind !== 'ready') throw new Error('there is nobody else');
    // In between, another process is told that the number is somebody else's.
    const theirs = { ...bsuid, address: 'GB.2' };
    await other.meet({ ...encounter(theirs, waId), toldAt: instant(3_000) }, context());
    await expect(one.complete(ready, told, context())).rejects.toThrow(AddressesMoved);
    const { state } = await meeting().load(acme, met.contactId);
    expect(addressOf(state, 'wa_id')).toBeNull();
  });

  it('F52: is of one organisation: another knows nobody', async () => {
    const { meeting } = world();
    const contacts = meeting();
    const met = await contacts.meet(encounter(waId), context());
    const other = organisationId('other');
    expect(await contacts.find(encounter(waId), other)).toBeNull();
    const theirs = await contacts.meet(encounter(waId), context(other));
    expect(theirs.contactId).not.toBe(met.contactId);
  });

  it('names no stream by an address, and keeps none in clear outside its sealed field', async () => {
    const { meeting, facts } = world();
    await meeting().meet(encounter(bsuid, waId, phone), context());
    for (const { stream, type, data } of await facts()) {
      expect(stream).toMatch(/^(identity-acme-[0-9a-f]{32}|contact-acme-[a-z0-9]{20})$/);
      if (type !== 'ContactAddressLearned')
        expect(JSON.stringify(data)).not.toMatch(/447700900281|GB\.1/);
    }
  });
});

describe('finding whoever a receipt is about', () => {
  it('finds the thread of a contact that is known, and makes nothing of one that is not', async () => {
    const { meeting, facts } = world();
    const contacts = meeting();
    expect(await contacts.find(encounter(waId), acme)).toBeNull();
    expect(await contacts.find(encounter(), acme)).toBeNull();
    expect(await facts()).toEqual([]);
    const met = await contacts.meet(encounter(waId), context());
    expect(await contacts.find(encounter(bsuid, waId), acme)).toEqual(met);
    const elsewhere = { ...encounter(waId), numberId: numberId('number2') };
    expect(await contacts.find(elsewhere, acme)).toBeNull();
  });
});
