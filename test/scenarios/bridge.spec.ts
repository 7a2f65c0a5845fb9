import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, counted, reasonOf, windowSentence, type Attempt } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { derivedText, logText } from '../harness/kept.js';
import { documents } from '../harness/shapes.js';

jest.setTimeout(scenarioMsMax);

const dayMs = 24 * 60 * 60 * 1_000;
const mask = '*'.repeat(11);

const plus = (instant: string, ms: number): string =>
  new Date(Date.parse(instant) + ms).toISOString();

let casement: Casement;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  bridging = new Bridging(casement);
  await casement.simulator.moves({ freeze: true });
  await casement.simulator.twilioMood({ receiptDelayMs: 5 });
});
afterAll(() => casement.remove());

/** The SMS as it must be, with the code or its mask in the place of `code`. */
const smsWith = (code: string, name = 'AcmeMotors'): string =>
  `${name}: Update for you. WhatsApp: wa.me/447700900123 ` +
  `Portal: ${new URL(casement.demo.url).host}/p/${code}`;
const codeIn = (text: string): string => /\/p\/([0-9A-Za-z]{11})$/.exec(text)?.[1] ?? 'no code';

describe('a message in a closed window', () => {
  const phone = '447700900301';
  const key = { idempotencyKey: 'the first attempt' };
  let id: string;
  let before: string;
  let first: Attempt;
  let code: string;

  beforeAll(async () => {
    id = await bridging.closedWithOne(phone);
    before = await bridging.talk.position();
  });

  it('R097: would lead to a bridge, and the thread says so before', async () => {
    expect((await bridging.thread(id)).bridgeEligibility).toEqual({
      eligible: true,
      reason: null,
      message: null,
      nextAllowedAt: null,
    });
  });

  it('R016 R017 R077 R086 R105: fails for window_expired_bridge_sent, in the one sentence', async () => {
    first = await bridging.tries(id, 'Your car is ready.', key);
    expect(first.refusal).toMatchObject({ code: 'WINDOW_EXPIRED', message: windowSentence });
    expect(first.message).toMatchObject({
      status: 'FAILED',
      channel: 'WHATSAPP',
      content: { text: 'Your car is ready.' },
      userId: 'agent',
      failure: {
        reason: 'window_expired_bridge_sent',
        message: windowSentence,
        providerCode: null,
      },
    });
    expect(await casement.simulator.outbox(phone)).toEqual([]);
  });

  it('R078 R079 R080 R081: is exactly one SMS to the customer, in exactly these words', async () => {
    const [sms, ...more] = await bridging.smsTo(phone);
    expect(more).toEqual([]);
    const text = sms?.text ?? '';
    code = codeIn(text);
    expect(text).toBe(smsWith(code));
    expect(text.length).toBeLessThanOrEqual(160);
    expect(sms).toMatchObject({ from: casement.demo.smsNumber, segments: 1 });
  });

  it('R087 R088: stands in the thread as the system’s own, its code masked', async () => {
    const shown = {
      channel: 'SMS',
      direction: 'OUTBOUND',
      billingClass: 'SMS',
      notificationType: 'bridge',
      aiGenerated: false,
      userId: null,
      author: null,
      content: { text: smsWith(mask) },
    };
    expect(first.bridge).toMatchObject(shown);
    const delivered = await bridging.messageThatIs('DELIVERED', id, first.bridge?.id);
    expect(delivered).toMatchObject({ ...shown, failure: null });
    const kept = (await bridging.messages(id)).map((each) => each.id);
    expect(kept.slice(1)).toEqual([first.message?.id, first.bridge?.id]);
  });

  it('R088: is told as BridgeSmsSent, with the record’s names', async () => {
    const told = await bridging.fact('BridgeSmsSent', id, before);
    expect(told.event.data).toMatchObject({
      messageId: first.bridge?.id,
      causedBy: first.message?.id,
      notification_type: 'bridge',
      ai_generated: false,
      user_id: null,
      segments: 1,
    });
    expect(told.message).toMatchObject({ id: first.bridge?.id, notificationType: 'bridge' });
  });

  it('R084 R087: has its code in the SMS, and nowhere else', async () => {
    const facts = bridging.facts(id, before);
    const inbox = casement.subscribe<object>('agent', documents.inboxChanged, { after: before });
    await facts.until('the last receipt', ({ conversationChanged: { event } }) => {
      return event.data['receipt'] === 'DELIVERED';
    });
    await inbox.until('the change of a row', () => true);
    const told = [facts.received, inbox.received, await bridging.thread(id)];
    await Promise.all([facts.close(), inbox.close()]);
    expect(JSON.stringify(told)).toContain(smsWith(mask));
    expect(JSON.stringify(told)).not.toContain(code);
    const [log, derived] = [await logText(casement), await derivedText(casement)];
    expect(log).toContain('BridgeSmsSent');
    expect(derived).toContain(smsWith(mask));
    expect(log.includes(code) || derived.includes(code)).toBe(false);
  });

  it('R090 R091 R096 C16: a second attempt is kept, and leads to no other SMS', async () => {
    const second = await bridging.tries(id, 'Are you there?');
    expect(reasonOf(second)).toBe('window_expired_bridge_deduplicated');
    expect(second).toMatchObject({
      refusal: { code: 'WINDOW_EXPIRED', message: windowSentence },
      message: { status: 'FAILED', content: { text: 'Are you there?' } },
      bridge: null,
    });
    expect(second.refusal?.bridge).toEqual((await bridging.thread(id)).bridgeEligibility);
    expect(await casement.simulator.smsOutbox(phone)).toHaveLength(1);
  });

  it('R097: says when the next may go', async () => {
    expect((await bridging.thread(id)).bridgeEligibility).toEqual({
      eligible: false,
      reason: 'ALREADY_BRIDGED',
      message: 'This customer was sent an SMS with a way back less than 24 hours ago.',
      nextAllowedAt: plus(await casement.simulator.now(), dayMs),
    });
  });

  it('P9: the same key gives the same payload, and leads to nothing more', async () => {
    const again = await bridging.tries(id, 'Your car is ready.', key);
    expect(again).toMatchObject({
      refusal: { code: 'WINDOW_EXPIRED', message: windowSentence },
      message: first.message,
      bridge: { id: first.bridge?.id, content: first.bridge?.content },
    });
    expect(await bridging.bridges(id)).toHaveLength(1);
    expect(await casement.simulator.smsOutbox(phone)).toHaveLength(1);
  });

  it('R082 R103 R008: the customer follows the link, and the talk goes on on WhatsApp', async () => {
    await casement.simulator.writes(phone, 'Thank you, I am here');
    await bridging.talk.conversationThat('an open window', id, ({ window }) => {
      return window.status === 'OPEN';
    });
    expect((await bridging.thread(id)).composer).toMatchObject({
      mode: 'FREE_FORM',
      channel: 'WHATSAPP',
    });
    const { message, refusal, bridge } = await bridging.tries(id, 'It is at the door.');
    expect([refusal, bridge]).toEqual([null, null]);
    await bridging.messageThatIs('READ', id, message?.id);
    const texts = (await casement.simulator.outbox(phone)).map(({ text }) => text);
    expect(texts).toEqual(['It is at the door.']);
    expect(await casement.simulator.smsOutbox(phone)).toHaveLength(1);
  });
});

describe('at most one bridge in 24 hours', () => {
  it('R090 R091 F39: 100 attempts at once are one SMS and 99 that say so', async () => {
    const id = await bridging.closedWithOne('447700900302');
    const attempts = await Promise.all(
      Array.from({ length: 100 }, (_, index) => bridging.tries(id, `Attempt ${index}`)),
    );
    expect(counted(attempts)).toEqual({
      window_expired_bridge_sent: 1,
      window_expired_bridge_deduplicated: 99,
    });
    const [bridge] = attempts.flatMap((each) => each.bridge ?? []);
    expect(attempts.filter((each) => each.bridge !== null)).toHaveLength(1);
    await bridging.talk.messageThatIs('DELIVERED', id, bridge?.id ?? '');
    expect(await casement.simulator.smsOutbox('447700900302')).toHaveLength(1);
  });

  it('R092: none at 24 h − 1 ms after the SMS was taken, another at 24 h', async () => {
    const phone = '447700900303';
    const id = await bridging.closedWithOne(phone);
    const takenAt = await casement.simulator.now();
    const first = await bridging.tries(id, 'The first');
    await bridging.messageThatIs('DELIVERED', id, first.bridge?.id);

    await casement.simulator.moves({ to: plus(takenAt, dayMs - 1) });
    expect((await bridging.thread(id)).bridgeEligibility).toMatchObject({
      eligible: false,
      nextAllowedAt: plus(takenAt, dayMs),
    });
    const tooEarly = await bridging.tries(id, 'Too early');
    expect(reasonOf(tooEarly)).toBe('window_expired_bridge_deduplicated');

    await casement.simulator.moves({ to: plus(takenAt, dayMs) });
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(true);
    const next = await bridging.tries(id, 'The next day');
    expect(reasonOf(next)).toBe('window_expired_bridge_sent');
    const texts = (await bridging.smsTo(phone, 2)).map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(new Set(texts.map(codeIn)).size).toBe(2);
  });

  it('R009 R090: of one customer says nothing of another’s', async () => {
    const ids = await bridging.closedWith('447700900304', '447700900305');
    for (const id of ids) expect(reasonOf(await bridging.tries(id))).toMatch(/_bridge_sent$/);
    await bridging.smsTo('447700900304');
    await bridging.smsTo('447700900305');
  });
});

describe('the business’s name in the SMS', () => {
  it.each([
    ['is the one it has for SMS', 'Acme Garage', 'Acme Garage', '447700900306'],
    ['is written with what an SMS has', 'Żółw „Auto”', 'Zolw "Auto"', '447700900307'],
  ])('R079 Q07: %s', async (_, smsName, written, phone) => {
    const id = await bridging.closedWithOne(phone);
    await bridging.wants({ smsName });
    try {
      await bridging.tries(id);
      const [sms] = await bridging.smsTo(phone);
      expect(sms?.text).toBe(smsWith(codeIn(sms?.text ?? ''), written));
    } finally {
      await bridging.wants({ smsName: null });
    }
  });
});
