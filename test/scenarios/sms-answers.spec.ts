import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, reasonOf } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { documents } from '../harness/shapes.js';
import { postTwilio } from '../harness/twilio-webhook.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  bridging = new Bridging(casement);
  await casement.simulator.mood({ receiptDelayMs: 5 });
  await casement.simulator.twilioMood({ receiptDelayMs: 5 });
});
afterAll(() => casement.remove());

/** WhatsApp and Twilio’s list tell time in seconds: what is said next is said in another one. */
const timePasses = () => casement.simulator.moves({ advance: 'PT2S' });

/** A conversation with a closed window, and a bridge that has reached the customer. */
const bridgedWith = async (phone: string): Promise<string> => {
  const id = await bridging.closedWithOne(phone);
  const { bridge } = await bridging.tries(id);
  await bridging.messageThatIs('DELIVERED', id, bridge?.id);
  return id;
};

/** A customer texts, and the conversation shows it. */
const texts = async (phone: string, id: string, text: string) => {
  await casement.simulator.texts(phone, text);
  return bridging.messageSaying(text, id);
};

const smsTexts = async (phone: string): Promise<readonly string[]> =>
  (await casement.simulator.smsOutbox(phone)).map(({ text }) => text);

const inboundTexts = async (id: string): Promise<readonly (string | undefined)[]> =>
  (await bridging.messages(id))
    .filter(({ direction }) => direction === 'INBOUND')
    .map(({ content }) => content.text);

/** Posts an SMS as Twilio does, signed. */
const posts = (phone: string, text: string, sid: string): Promise<Response> =>
  postTwilio(
    `${casement.demo.url}/webhooks/sms`,
    { MessageSid: sid, From: `+${phone}`, To: casement.demo.smsNumber, Body: text, NumMedia: '0' },
    casement.demo.twilioAuthToken,
  );

const freshSid = (): string => `SM${randomBytes(16).toString('hex')}`;

describe('a customer who answers a bridge by SMS', () => {
  const phone = '447700900301';
  let id: string;

  beforeAll(async () => {
    id = await bridgedWith(phone);
  });

  it('R100 R006: is heard in the same conversation, whose window stays closed', async () => {
    const { window } = await bridging.thread(id);
    const answer = await texts(phone, id, 'I have no WhatsApp at hand');
    expect(answer).toMatchObject({ direction: 'INBOUND', channel: 'SMS', billingClass: 'SMS' });
    const after = await bridging.found(phone);
    expect(after.id).toBe(id);
    expect(window.status).toBe('EXPIRED');
    expect(after.window).toEqual(window);
  });

  it('R100: may be answered in free words, where they are', async () => {
    const { composer } = await bridging.thread(id);
    expect(composer).toEqual({ mode: 'FREE_FORM', channel: 'SMS', reason: null, code: null });
  });

  it('R100 Q03: gets the reply by SMS, without anybody choosing that', async () => {
    const { message, refusal, bridge } = await bridging.tries(id, 'Then by SMS: it is ready.');
    expect([refusal, bridge]).toEqual([null, null]);
    expect(message).toMatchObject({
      channel: 'SMS',
      billingClass: 'SMS',
      insideWindow: false,
      notificationType: null,
      userId: 'agent',
    });
    await bridging.messageThatIs('DELIVERED', id, message?.id);
    expect((await smsTexts(phone)).slice(1)).toEqual(['Then by SMS: it is ready.']);
    expect(await casement.simulator.outbox(phone)).toEqual([]);
    const { messages } = await casement.simulator.smsThread(phone);
    expect(messages.map(({ from }) => from)).toEqual(['business', 'customer', 'business']);
  });

  it('R102 R160: has one thread for all of it, in order', async () => {
    const said = (await bridging.messages(id)).map(({ channel, direction }) => [
      channel,
      direction,
    ]);
    expect(said).toEqual([
      ['WHATSAPP', 'INBOUND'],
      ['WHATSAPP', 'OUTBOUND'],
      ['SMS', 'OUTBOUND'],
      ['SMS', 'INBOUND'],
      ['SMS', 'OUTBOUND'],
    ]);
  });

  it('R090 Q03: gets no second bridge, though somebody insists on WhatsApp', async () => {
    const insisting = await bridging.tries(id, 'On WhatsApp', { channel: 'WHATSAPP' });
    expect(reasonOf(insisting)).toBe('window_expired_bridge_deduplicated');
    expect(await smsTexts(phone)).toHaveLength(2);
  });

  it('R103: is back on WhatsApp as soon as they write there', async () => {
    await bridging.talk.customerWrites(phone, 'Now I have');
    expect((await bridging.thread(id)).composer.channel).toBe('WHATSAPP');
    const { message } = await bridging.tries(id, 'Welcome back');
    await bridging.messageThatIs('READ', id, message?.id);
    expect(await smsTexts(phone)).toHaveLength(2);
  });

  it('C17: is nowhere to be reached 24 hours after their last SMS', async () => {
    const other = '447700900302';
    const conversation = await bridgedWith(other);
    await texts(other, conversation, 'Only this once');
    expect((await bridging.thread(conversation)).composer.channel).toBe('SMS');
    await casement.simulator.moves({ advance: 'PT24H' });
    expect((await bridging.thread(conversation)).composer).toMatchObject({
      mode: 'TEMPLATE_ONLY',
      channel: 'WHATSAPP',
      code: 'WINDOW_EXPIRED',
    });
    const late = await bridging.tries(conversation, 'A day later');
    expect(reasonOf(late)).toBe('window_expired_bridge_sent');
  });
});

describe('the words that Twilio obeys', () => {
  const phone = '447700900311';
  let id: string;

  beforeAll(async () => {
    id = await bridgedWith(phone);
  });

  it('Q16: HELP is a message like any other', async () => {
    expect(await texts(phone, id, 'HELP')).toMatchObject({ direction: 'INBOUND', channel: 'SMS' });
    expect((await bridging.thread(id)).composer.channel).toBe('SMS');
  });

  it('R095 Q16: STOP ends it: nothing goes by SMS, asked for or not', async () => {
    expect(await texts(phone, id, 'stop')).toMatchObject({ direction: 'INBOUND', channel: 'SMS' });
    expect((await bridging.thread(id)).composer).toMatchObject({
      mode: 'TEMPLATE_ONLY',
      channel: 'WHATSAPP',
    });
    expect(reasonOf(await bridging.tries(id))).toBe('window_expired_sms_opted_out');
    const asked = await bridging.tries(id, 'By SMS, please', { channel: 'SMS' });
    expect(asked).toMatchObject({
      refusal: null,
      message: { status: 'FAILED', channel: 'SMS', failure: { reason: 'sms_opted_out' } },
    });
    expect(await smsTexts(phone)).toHaveLength(1);
  });

  it('Q16: START begins it again', async () => {
    await texts(phone, id, 'START');
    expect((await bridging.thread(id)).composer).toMatchObject({
      mode: 'FREE_FORM',
      channel: 'SMS',
    });
    const { message } = await bridging.tries(id, 'Good to have you back');
    await bridging.messageThatIs('DELIVERED', id, message?.id);
    expect((await smsTexts(phone)).slice(1)).toEqual(['Good to have you back']);
  });

  it('F15 Q16: what was said before is not obeyed again when it comes again', async () => {
    const other = '447700900312';
    const conversation = await bridgedWith(other);
    const [stop, start] = [freshSid(), freshSid()];
    await posts(other, 'STOP', stop);
    await bridging.messageSaying('STOP', conversation);
    await posts(other, 'START', start);
    await bridging.messageSaying('START', conversation);
    expect((await bridging.thread(conversation)).composer.channel).toBe('SMS');
    await posts(other, 'STOP', stop);
    await posts(other, 'And then', freshSid());
    await bridging.messageSaying('And then', conversation);
    expect((await bridging.thread(conversation)).composer.channel).toBe('SMS');

    await posts(other, 'UNSUBSCRIBE', freshSid());
    await bridging.messageSaying('UNSUBSCRIBE', conversation);
    await posts(other, 'START', start);
    await posts(other, 'The end', freshSid());
    await bridging.messageSaying('The end', conversation);
    expect((await bridging.thread(conversation)).bridgeEligibility.reason).toBe('SMS_OPTED_OUT');
  });
});

describe('an SMS out of the blue', () => {
  const phone = '447700900321';

  it('R100: of an unknown phone is a contact and a conversation, to be answered by SMS', async () => {
    await casement.simulator.texts(phone, 'Do you repair bicycles?');
    const found = await bridging.found(phone);
    expect(found).toMatchObject({
      contact: { phone: `+${phone}` },
      window: { status: 'NEVER_OPENED', closesAt: null },
      composer: { mode: 'FREE_FORM', channel: 'SMS' },
    });
    expect(await inboundTexts(found.id)).toEqual(['Do you repair bicycles?']);
    const { message } = await bridging.tries(found.id, 'We do.');
    await bridging.messageThatIs('DELIVERED', found.id, message?.id);
    expect(await smsTexts(phone)).toEqual(['We do.']);
  });

  it('R100 R083: is the same contact’s who then writes on WhatsApp, in the same thread', async () => {
    const before = await bridging.found(phone);
    await timePasses();
    const { id, window } = await bridging.talk.customerWrites(phone, 'I write here now');
    const after = await bridging.found(phone);
    expect([id, after.contact.id]).toEqual([before.id, before.contact.id]);
    expect(window.status).toBe('OPEN');
    expect(await inboundTexts(id)).toEqual(['Do you repair bicycles?', 'I write here now']);
  });

  it('R014 R078: leads to a bridge a day later, though no window was ever open', async () => {
    const other = '447700900322';
    await casement.simulator.texts(other, 'Are you open?');
    const { id } = await bridging.found(other);
    await casement.simulator.moves({ advance: 'PT24H' });
    const attempt = await bridging.tries(id, 'We are.');
    expect(reasonOf(attempt)).toBe('window_expired_bridge_sent');
    expect(attempt.refusal).toMatchObject({ closedAt: null, lastCustomerMessageAt: null });
    await bridging.messageThatIs('DELIVERED', id, attempt.bridge?.id);
    expect(await smsTexts(other)).toHaveLength(1);
  });

  it('F52 P20: is nobody else’s: another organisation sees nothing of it', async () => {
    const { id } = await bridging.found(phone);
    const own = new Bridging(casement, 'otherOrganisation');
    await expect(own.thread(id)).rejects.toThrow('there is no conversation');
    expect(await own.talk.conversationWith(phone)).toBeNull();
    expect((await own.tries(id)).refusal?.code).toBe('NOT_FOUND');
    const thread = casement.subscribe('otherOrganisation', documents.conversationChanged, { id });
    expect(await thread.refusal()).toBe('NOT_FOUND');
    expect(await smsTexts(phone)).toHaveLength(1);
  });
});

describe('an SMS that reaches us in more than one way, or late', () => {
  it('F15: is one message, though Twilio posts it five times', async () => {
    const phone = '447700900331';
    const id = await bridgedWith(phone);
    const { revision } = await bridging.thread(id);
    const sid = freshSid();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => posts(phone, 'Five times', sid)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await posts(phone, 'And then', freshSid());
    await bridging.messageSaying('And then', id);
    expect(await inboundTexts(id)).toEqual(['Hello', 'Five times', 'And then']);
    expect((await bridging.thread(id)).revision).toBe(revision + 2);
  });

  it('P1 P8 F2: is kept once it is acknowledged, though the process is killed at once', async () => {
    const phone = '447700900334';
    const id = await bridgedWith(phone);
    const { revision } = await bridging.thread(id);
    const sid = freshSid();
    expect((await posts(phone, 'Taken', sid)).status).toBe(200);
    await casement.kill();
    await casement.restart();
    await bridging.messageSaying('Taken', id);
    await posts(phone, 'Taken', sid);
    await posts(phone, 'And then', freshSid());
    await bridging.messageSaying('And then', id);
    expect((await bridging.thread(id)).revision).toBe(revision + 2);
  });

  it('F10 F23 P8: is found in Twilio’s list by the next start, once', async () => {
    const [phone, other] = ['447700900332', '447700900333'] as const;
    const id = await bridgedWith(phone);
    const stopped = await bridgedWith(other);
    const { revision } = await bridging.thread(id);
    await texts(phone, id, 'This one arrives');
    await timePasses();
    await casement.simulator.twilioMood({ dropInbound: true });
    expect((await casement.simulator.texts(phone, 'This one is lost')).delivered).toBe(false);
    await casement.simulator.texts(other, 'STOP');
    expect(await inboundTexts(id)).toEqual(['Hello', 'This one arrives']);

    await casement.kill();
    await casement.restart();
    const found = await bridging.messageSaying('This one is lost', id);
    expect(found).toMatchObject({ direction: 'INBOUND', channel: 'SMS' });
    await bridging.messageSaying('STOP', stopped);
    expect((await bridging.thread(stopped)).bridgeEligibility.reason).toBe('SMS_OPTED_OUT');

    await casement.stop();
    await casement.restart();
    await timePasses();
    await texts(phone, id, 'After the restarts');
    expect(await inboundTexts(id)).toEqual([
      'Hello',
      'This one arrives',
      'This one is lost',
      'After the restarts',
    ]);
    expect((await bridging.thread(id)).revision).toBe(revision + 3);
  });
});
