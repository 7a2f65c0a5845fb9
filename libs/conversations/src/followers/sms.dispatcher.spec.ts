import { describe, expect, it } from '@jest/globals';
import { messageId } from '#kernel';
import { withCode } from '../domain/bridge.js';
import { shownStatus } from '../domain/delivery.js';
import { followed } from '../spec/dispatching.js';
import { acme, after, bridgeId, bridgeSms, dayMs, noon, reply, thread } from '../spec/people.js';
import { ScriptedSms, Traces, listedAs, smsIn, smsRefused, takenAs } from '../spec/scripted-sms.js';
import { bridging, confirm, giveUp, lookUp, receive, request, settle } from '../spec/wishes.js';
import { world } from '../spec/world.js';

type World = ReturnType<typeof world>;

const code = 'bridge1-cod';
const asLeft = withCode(bridgeSms, code);
const closed = after(dayMs);

/** A thread whose window has closed, and an attempt that led to a bridge. */
const bridgeAsked = async (): Promise<World> => {
  const place = world();
  await place.say(receive(noon));
  place.clock.advance(dayMs);
  await place.say(request(closed, reply, { terms: bridging }));
  return place;
};
const types = async (place: World, from: number) =>
  (await place.facts()).slice(from).map(({ type }) => type);
const bridgeOf = async (place: World) => (await place.fold()).outbound.get(bridgeId);
const reasonOf = async (place: World) =>
  (await place.fold()).outbound.get(reply)?.delivery.failure?.reason;

describe('sending a bridge', () => {
  it('R078, R079: leaves once, with its code, and says where its receipts go', async () => {
    const place = await bridgeAsked();
    const sender = new ScriptedSms();
    const { dispatcher } = smsIn(place, sender);
    await followed(place, dispatcher);
    await followed(place, dispatcher);
    expect(asLeft).toMatch(/ Portal: tflow\.link\/bridge1-cod$/);
    expect(sender.calls).toEqual([
      {
        from: '+447700900800',
        to: '+447700900281',
        text: asLeft,
        statusCallback:
          'https://casement.example/webhooks/sms/status' +
          `?organisation=${acme}&attempt=1.${thread}.${bridgeId}.1`,
      },
    ]);
    expect(await types(place, 5)).toEqual(['DispatchStarted', 'DispatchAccepted', 'BridgeSmsSent']);
  });

  it('keeps the code out of the log', async () => {
    const place = await bridgeAsked();
    await followed(place, smsIn(place, new ScriptedSms()).dispatcher);
    expect(JSON.stringify(await place.fold())).not.toContain(code);
    for (const fact of await place.facts()) expect(JSON.stringify(fact.data)).not.toContain(code);
  });

  it('says where answers belong, and makes the code good, before it leaves', async () => {
    const place = await bridgeAsked();
    const traces = new Traces();
    const sender = new ScriptedSms(async () => {
      expect(traces.left).toEqual(['route +447700900800', 'code']);
      return takenAs('SM1');
    });
    await followed(place, smsIn(place, sender, { traces }).dispatcher);
    expect(sender.calls).toHaveLength(1);
  });

  it.each(['setRoute', 'issueCode'] as const)('is put off when %s fails', async (fails) => {
    const place = await bridgeAsked();
    const sender = new ScriptedSms();
    await followed(place, smsIn(place, sender, { traces: new Traces(fails) }).dispatcher);
    expect(sender.calls).toEqual([]);
    expect(await types(place, 5)).toEqual(['DispatchStarted', 'DispatchDeferred']);
  });

  it('R095: refused because the customer opted out, it withdraws consent and frees its place', async () => {
    const place = await bridgeAsked();
    const traces = new Traces();
    const sender = new ScriptedSms(smsRefused('21610', 'opted_out'));
    await followed(place, smsIn(place, sender, { traces }).dispatcher);
    expect(traces.left.at(-1)).toBe('no_consent');
    expect(await types(place, 5)).toEqual(['DispatchStarted', 'DispatchRejected', 'BridgeNotSent']);
    expect(await reasonOf(place)).toBe('window_expired_bridge_failed');
    expect((await place.fold()).bridge).toBeNull();
  });

  it.each([
    ['21211', 'invalid_phone_number', ['unusable_phone']],
    ['30004', 'message_blocked', ['no_consent']],
    ['30007', 'carrier_filtered', []],
  ])('R094 R095: refused with %s (%s), the contact is remembered as %j', async (...told) => {
    const [errorCode, reason, lessons] = told;
    const place = await bridgeAsked();
    const traces = new Traces();
    const sender = new ScriptedSms(smsRefused(errorCode, reason));
    await followed(place, smsIn(place, sender, { traces }).dispatcher);
    expect(traces.left.slice(2)).toEqual(lessons);
    expect(await reasonOf(place)).toBe('window_expired_bridge_failed');
  });

  it('an SMS of a person’s leaves as it was written, and without a code', async () => {
    const place = world();
    await place.say(receive(noon));
    const told = { channel: 'SMS' as const, terms: bridging };
    await place.say(request(noon, messageId('text'), told));
    const traces = new Traces();
    const sender = new ScriptedSms();
    await followed(place, smsIn(place, sender, { traces }).dispatcher);
    expect(sender.calls.map(({ text }) => text)).toEqual(['text']);
    expect(traces.left).toEqual(['route +447700900800']);
  });
});

describe('an answer of Twilio’s that was lost', () => {
  /** The bridge was taken or not, nobody knows; then the first lookup is due. */
  const lost = async (sender: ScriptedSms) => {
    const place = await bridgeAsked();
    const { dispatcher, lookups } = smsIn(place, sender);
    await followed(place, dispatcher);
    await place.say(lookUp(closed));
    return { place, dispatcher, lookups };
  };
  const vanishes = { kind: 'unknown', why: 'reset' } as const;

  it('F10: is found by its code in the list, and not sent again', async () => {
    const sender = new ScriptedSms(vanishes);
    const { place, dispatcher, lookups } = await lost(sender);
    const others = [listedAs('SM8', asLeft.replace(code, 'another1234')), listedAs('SM9', asLeft)];
    sender.listings.push({ kind: 'listed', messages: others, complete: true });
    await followed(place, lookups);
    await followed(place, dispatcher);
    expect(sender.calls).toHaveLength(1);
    expect((await place.fold()).providerIds.get(bridgeId)).toBe('SM9');
    expect((await types(place, 0)).at(-1)).toBe('BridgeSmsSent');
  });

  it('F10: absent twice it is sent once more, with the same code', async () => {
    const sender = new ScriptedSms(vanishes, takenAs('SM2'));
    const { place, dispatcher, lookups } = await lost(sender);
    const read = await followed(place, lookups);
    await followed(place, dispatcher);
    expect(sender.calls).toHaveLength(1);
    await place.say(lookUp(closed));
    await followed(place, lookups, read);
    await followed(place, dispatcher);
    expect(sender.calls.map(({ text }) => text)).toEqual([asLeft, asLeft]);
    const bridge = await bridgeOf(place);
    expect(bridge && [bridge.delivery.attempt, shownStatus(bridge.delivery)]).toEqual([
      2,
      'PENDING',
    ]);
  });

  it('P11: an earlier attempt in the list says nothing of one that a person asked for', async () => {
    const sender = new ScriptedSms(vanishes);
    const { place, dispatcher, lookups } = await lost(sender);
    const read = await followed(place, lookups);
    await place.say(settle(closed, 'SEND_AGAIN', { messageId: bridgeId }));
    await followed(place, dispatcher);
    const told = { fingerprint: 'print-SM7' };
    await place.say(confirm(closed, 'DELIVERED', { message: bridgeId }, told));
    await place.say(lookUp(closed, { attempt: 2 }));
    sender.listings.push({ kind: 'listed', messages: [listedAs('SM7', asLeft)], complete: true });
    await followed(place, lookups, read);
    const bridge = await bridgeOf(place);
    expect(sender.calls).toHaveLength(2);
    expect(bridge && shownStatus(bridge.delivery)).toBe('NOT_CONFIRMED');
  });

  it.each([
    ['was not read to its end', { kind: 'listed', messages: [], complete: false }],
    ['could not be read', { kind: 'unknown', why: 'timed out' }],
  ] as const)('a list that %s proves nothing', async (_, listing) => {
    const sender = new ScriptedSms(vanishes);
    const { place, lookups } = await lost(sender);
    sender.listings.push(listing);
    await followed(place, lookups);
    expect((await types(place, 0)).at(-1)).toBe('SmsLookupDue');
  });

  it('F6: killed between Twilio’s acceptance and our record, it is found and not sent again', async () => {
    const place = await bridgeAsked();
    const crash = new Error('killed');
    const dying = new ScriptedSms(async () => {
      throw crash;
    });
    await expect(followed(place, smsIn(place, dying).dispatcher)).rejects.toBe(crash);
    const sender = new ScriptedSms();
    sender.listings.push({ kind: 'listed', messages: [listedAs('SM7', asLeft)], complete: true });
    const { dispatcher, lookups } = smsIn(place, sender);
    await followed(place, dispatcher);
    await place.say(giveUp(after(dayMs + 120_000), { message: bridgeId }));
    await place.say(lookUp(after(dayMs + 125_000)));
    await followed(place, lookups);
    await followed(place, dispatcher);
    expect([dying.calls.length, sender.calls.length]).toEqual([1, 0]);
    expect((await place.fold()).providerIds.get(bridgeId)).toBe('SM7');
  });
});
