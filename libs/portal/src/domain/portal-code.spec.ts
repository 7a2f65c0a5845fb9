import { describe, expect, it } from '@jest/globals';
import { contactId, conversationId, epochMs, instant, organisationId, threadId } from '#kernel';
import type { DomainEvent, Instant, JsonObject } from '#kernel';
import { given, goldenLaw, knowsItsWords, laws } from '#kernel/spec';
import { fileURLToPath } from 'node:url';
import { portalCatalogue, type PortalEvent } from './events.js';
import { portalCodeValidMs, portalDecider, type PortalCommand } from './portal-code.js';

const issuedAt = instant(Date.UTC(2026, 2, 28, 20));
const after = (ms: number): Instant => instant(epochMs(issuedAt) + ms);
const thread = {
  organisationId: organisationId('acme'),
  threadId: threadId('thread1'),
  conversationId: conversationId(threadId('thread1'), 1),
  contactId: contactId('contact1'),
};
const issue = (
  over: { readonly at?: Instant; readonly bridgeId?: string } = {},
): PortalCommand => ({
  type: 'IssuePortalCode',
  at: issuedAt,
  thread,
  bridgeId: 'bridge1',
  businessName: 'Acme Motors',
  ...over,
});
const redeem = (at: Instant, sessionHash = 'hash1'): PortalCommand => ({
  type: 'RedeemPortalCode',
  at,
  sessionHash,
});
const supersede = (at: Instant): PortalCommand => ({ type: 'SupersedePortalCode', at });
const issued: PortalEvent = {
  type: 'PortalCodeIssued',
  at: issuedAt,
  data: {
    ...thread,
    bridgeId: 'bridge1',
    businessName: 'Acme Motors',
    validUntil: after(portalCodeValidMs),
  },
};
const redeemed = (at: Instant): PortalEvent => ({
  type: 'PortalCodeRedeemed',
  at,
  data: { ...thread, bridgeId: 'bridge1', sessionHash: 'hash1' },
});
const superseded: PortalEvent = { type: 'PortalCodeSuperseded', at: after(5), data: {} };

describe('a portal code', () => {
  it('is issued for a bridge, for 24 hours of 60 minutes, summer time or not', () => {
    given(portalDecider)().when(issue()).then(issued);
  });

  it('is issued once, however often and late the bridge asks', () => {
    given(portalDecider)(issued)
      .when(issue({ at: after(9) }))
      .thenNothing();
    given(portalDecider)(issued, superseded).when(issue()).thenNothing();
  });

  it('never leads to two bridges', () => {
    given(portalDecider)(issued)
      .when(issue({ bridgeId: 'bridge2' }))
      .thenRejected('PortalCodeIssuedToAnother');
  });

  it('S27: is redeemed once', () => {
    given(portalDecider)(issued)
      .when(redeem(after(1)))
      .then(redeemed(after(1)));
    given(portalDecider)(issued, redeemed(after(1)))
      .when(redeem(after(2), 'hash2'))
      .thenRejected('PortalCodeUsed');
  });

  it('S28: is good until the last millisecond of its 24 hours, and not in the next', () => {
    const last = after(portalCodeValidMs - 1);
    given(portalDecider)(issued).when(redeem(last)).then(redeemed(last));
    given(portalDecider)(issued)
      .when(redeem(after(portalCodeValidMs)))
      .thenRejected('PortalCodeExpired');
  });

  it('opens nothing that was never issued', () => {
    given(portalDecider)().when(redeem(issuedAt)).thenRejected('PortalCodeUnissued');
  });

  it('S27: is what the session that used it goes on with, for as long as it is good', () => {
    given(portalDecider)(issued, redeemed(after(1)))
      .when(redeem(after(2)))
      .thenNothing();
  });

  it('is nothing before it is issued, whatever is told of it', () => {
    for (const fact of [redeemed(after(1)), superseded])
      expect(portalDecider.evolve(portalDecider.initial, fact)).toEqual(portalDecider.initial);
  });

  it('S28: is superseded, used or not, and opens nothing from then on', () => {
    given(portalDecider)(issued)
      .when(supersede(after(5)))
      .then(superseded);
    given(portalDecider)(issued, redeemed(after(1)))
      .when(supersede(after(5)))
      .then(superseded);
    given(portalDecider)(issued, superseded)
      .when(redeem(after(6)))
      .thenRejected('PortalCodeReplaced');
    given(portalDecider)(issued, superseded)
      .when(supersede(after(7)))
      .thenNothing();
    given(portalDecider)()
      .when(supersede(after(7)))
      .thenNothing();
  });
});

describe('the laws of portal codes', () => {
  const cases = {
    name: 'portal',
    histories: [[], [issued], [issued, redeemed(after(1))], [issued, superseded]],
    commands: [issue(), redeem(after(1)), redeem(after(portalCodeValidMs)), supersede(after(5))],
  };
  for (const { name, check } of [
    ...laws(portalDecider, cases),
    knowsItsWords(portalDecider, cases),
  ])
    it(name, check);
});

describe('golden samples', () => {
  type Sample = DomainEvent & { readonly version: number; readonly data: JsonObject };
  const folder = fileURLToPath(new URL('../../golden', import.meta.url));
  const checks = goldenLaw(portalCatalogue, folder, ({ type, version, content }) => {
    const sample = content as Sample;
    expect([sample.type, sample.version]).toEqual([type, version]);
    const definition = portalCatalogue[type as PortalEvent['type']];
    const data = definition.upcasters.slice(version - 1).reduce((was, up) => up(was), sample.data);
    const event = { type, at: sample.at, data } as PortalEvent;
    const { kind } = [issued, event].reduce(portalDecider.evolve, portalDecider.initial);
    expect(type.toLowerCase()).toBe(`portalcode${kind}`);
    return { version: definition.version };
  });
  for (const { name, check } of checks) it(name, () => check());
});
