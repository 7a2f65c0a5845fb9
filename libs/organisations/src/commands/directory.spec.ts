import { describe, expect, it } from '@jest/globals';
import {
  commandId,
  instant,
  memberId,
  numberId,
  organisationId,
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
import { organisationCatalogue } from '../domain/events.js';
import { organisationDecider, type OrganisationCommand } from '../domain/organisation.js';
import { OrganisationDirectory } from './organisation-directory.js';
import { SmsAddresses, WhatsAppAddresses } from './provider-addresses.js';

const at = instant(1_000);
const acme = organisationId('acme');
const owner = { organisationId: acme, numberId: numberId('number1') };
const number = {
  numberId: numberId('number1'),
  phoneNumberId: '1070',
  businessAccountId: '2080',
  displayPhoneNumber: '+44 7700 900123',
};
const ann = { memberId: memberId('ann'), kind: 'staff' as const, name: 'Ann', capabilities: [] };
const context = (id: string): CommandContext => ({
  commandId: commandId(id),
  correlationId: id,
  causationId: null,
  organisationId: acme,
  actor: { kind: 'system', id: 'spec' },
  capability: null,
  at,
  subject: 'members',
  basis: [],
});

const world = () => {
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: 1_000 });
  const keys = createMemoryKeyRing();
  const log = createEventLog({
    store: createMemoryEventStore({ clock: () => clock.now() }),
    keys,
    catalogues: [organisationCatalogue],
  });
  const chance = new SystemChance();
  const timer = new SystemTimer();
  const tools = { log, clock, chance, timer, versionOf: () => 1, limits: decisionLimits };
  const fingerprints = { of: keys.fingerprint.bind(keys) };
  const decisions = new Decisions(tools);
  const say = (command: OrganisationCommand) =>
    decisions.run(organisationDecider, acme, command, context(command.type));
  const streams = async () => {
    const names: string[] = [];
    for await (const { stream } of log.readAll({ direction: 'forwards' })) names.push(stream);
    return names;
  };
  /** As a process of its own would look addresses up. */
  const addresses = () => new WhatsAppAddresses(new Decisions(tools), fingerprints);
  const smsAddresses = () => new SmsAddresses(new Decisions(tools), fingerprints);
  return { say, streams, addresses, smsAddresses, directory: new OrganisationDirectory(decisions) };
};

describe('the directory of an organisation', () => {
  it('knows its members and its numbers, and nobody else', async () => {
    const { say, directory } = world();
    await say({ type: 'Found', at, name: 'AcmeMotors' });
    await say({ type: 'ConnectNumber', at, ...number });
    await say({ type: 'AddMember', at, ...ann });
    expect((await directory.load(acme)).name).toBe('AcmeMotors');
    expect(await directory.member(acme, 'ann')).toEqual(ann);
    expect(await directory.member(acme, 'bob')).toBeNull();
    expect(await directory.number(acme, numberId('number1'))).toEqual(number);
    expect(await directory.number(acme, numberId('number2'))).toBeNull();
  });

  it('F52: has nothing to say of an organisation that does not exist', async () => {
    const { directory } = world();
    const nobody = organisationId('nobody');
    expect((await directory.load(nobody)).name).toBeNull();
    expect(await directory.member(nobody, 'ann')).toBeNull();
    expect(await directory.number(nobody, numberId('number1'))).toBeNull();
  });
});

describe('where a phone_number_id leads', () => {
  it('F21: to nobody until it is assigned, then to its owner, in every process', async () => {
    const { addresses } = world();
    const asked = addresses();
    expect(await asked.ownerOf('1070')).toBeNull();
    expect(await addresses().assign('1070', owner, context('assign'))).toBe(true);
    expect(await asked.ownerOf('1070')).toEqual(owner);
    expect(await asked.ownerOf('1071')).toBeNull();
  });

  it('S: stays with its owner, whoever else wants it', async () => {
    const { addresses } = world();
    const theirs = { organisationId: organisationId('other'), numberId: numberId('number9') };
    await addresses().assign('1070', owner, context('first'));
    expect(await addresses().assign('1070', owner, context('again'))).toBe(true);
    expect(await addresses().assign('1070', theirs, context('other'))).toBe(false);
    expect(await addresses().ownerOf('1070')).toEqual(owner);
  });

  it('stands in a stream that does not name it', async () => {
    const { addresses, streams } = world();
    await addresses().assign('1070', owner, context('assign'));
    expect(await streams()).toEqual([expect.stringMatching(/^address-[0-9a-f]{32}$/)]);
  });
});

describe('where an SMS number leads', () => {
  it('to nobody until it is assigned, then to its owner alone, in every process', async () => {
    const { smsAddresses } = world();
    const theirs = { organisationId: organisationId('other'), numberId: numberId('number9') };
    const asked = smsAddresses();
    expect(await asked.ownerOf('+447700900800')).toBeNull();
    expect(await smsAddresses().assign('+447700900800', owner, context('assign'))).toBe(true);
    expect(await asked.ownerOf('+447700900800')).toEqual(owner);
    expect(await asked.assign('+447700900800', theirs, context('other'))).toBe(false);
    expect(await asked.ownerOf('+447700900800')).toEqual(owner);
  });

  it('is asked apart from phone_number_ids, whatever they look like', async () => {
    const { addresses, smsAddresses, streams } = world();
    await addresses().assign('447700900800', owner, context('whatsapp'));
    expect(await smsAddresses().ownerOf('447700900800')).toBeNull();
    await smsAddresses().assign('447700900800', owner, context('sms'));
    expect(new Set(await streams()).size).toBe(2);
    for (const stream of await streams()) expect(stream).toMatch(/^address-[0-9a-f]{32}$/);
  });
});
