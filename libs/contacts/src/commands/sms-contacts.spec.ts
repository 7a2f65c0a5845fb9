import { describe, expect, it } from '@jest/globals';
import {
  commandId,
  contactId,
  epochMs,
  instant,
  organisationId,
  threadId,
  type CommandContext,
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
import { maySms } from '../domain/addresses.js';
import { contactDecider } from '../domain/contact.js';
import { contactCatalogue } from '../domain/events.js';
import { SmsContacts } from './sms-contacts.js';

const acme = organisationId('acme');
const daniel = contactId('daniel');
const thread = threadId('thread1');
const smsNumber = '+447700900800';

/** Of a command that is told at this time. */
const told = (ms: number): CommandContext => ({
  commandId: commandId(`told-${ms}`),
  correlationId: `told-${ms}`,
  causationId: null,
  organisationId: acme,
  actor: { kind: 'provider', id: 'sms' },
  capability: null,
  at: instant(ms),
  subject: daniel,
  basis: [],
});

const world = () => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: 1_000 });
  const log = createEventLog({
    store: createMemoryEventStore({ clock: () => clock.now() }),
    keys: createMemoryKeyRing(),
    catalogues: [contactCatalogue],
  });
  const chance = new SystemChance();
  const timer = new SystemTimer();
  const tools = { log, clock, chance, timer, versionOf: () => 1, limits: decisionLimits };
  const contact = async () => {
    const decisions = new Decisions(tools);
    return (await decisions.load(contactDecider, 'acme-daniel', { fresh: true })).state;
  };
  const facts = async () => {
    const all = [];
    for await (const fact of log.readAll({ direction: 'forwards' })) all.push(fact);
    return all;
  };
  /** As a process of its own would keep it. */
  const contacts = () => new SmsContacts(new Decisions(tools));
  return { contacts, contact, facts };
};

describe('what SMS teach of a contact', () => {
  it('R095, Q16: a STOP is known at once, and a START lifts it', async () => {
    const { contacts, contact } = world();
    const here = contacts();
    await here.withdrawConsent(acme, daniel, 'STOP', told(5));
    expect(maySms(await contact())).toBe(false);
    await here.giveConsent(acme, daniel, told(6));
    expect((await contact()).smsConsent).toEqual({
      given: true,
      at: instant(6),
      source: 'START',
    });
  });

  it('Q16: is written when it was said, in a stream of the contact, once', async () => {
    const { contacts, facts } = world();
    await contacts().withdrawConsent(acme, daniel, 'STOP', told(5));
    await contacts().withdrawConsent(acme, daniel, 'PROVIDER', told(5));
    const [fact, ...more] = await facts();
    expect(more).toEqual([]);
    expect(fact).toMatchObject({
      stream: 'contact-acme-daniel',
      type: 'SmsConsentWithdrawn',
      data: { source: 'STOP' },
      metadata: { subject: null },
    });
    expect(epochMs(fact?.at ?? instant(0))).toBe(5);
  });

  it('Q16: one process lifts what another has recorded since it last looked', async () => {
    const { contacts, contact } = world();
    const [one, other] = [contacts(), contacts()];
    await one.withdrawConsent(acme, daniel, 'STOP', told(5));
    await one.giveConsent(acme, daniel, told(6));
    await other.withdrawConsent(acme, daniel, 'STOP', told(7));
    await one.giveConsent(acme, daniel, told(8));
    expect(maySms(await contact())).toBe(true);
  });

  it('R100: answers to an SMS number have one thread, set once', async () => {
    const { contacts, contact, facts } = world();
    const here = contacts();
    await here.setRoute(acme, daniel, smsNumber, thread, told(5));
    await here.setRoute(acme, daniel, smsNumber, thread, told(6));
    expect((await contact()).smsRoutes.get(smsNumber)).toBe(thread);
    expect(await facts()).toHaveLength(1);
  });

  it('R100: a route and a STOP of one command are two facts', async () => {
    const { contacts, facts } = world();
    const here = contacts();
    await here.setRoute(acme, daniel, smsNumber, thread, told(5));
    await here.withdrawConsent(acme, daniel, 'STOP', told(5));
    expect(new Set((await facts()).map(({ id }) => id)).size).toBe(2);
  });
});
