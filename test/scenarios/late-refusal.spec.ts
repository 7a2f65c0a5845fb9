import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const sentence = 'A template message is required outside the 24-hour messaging window.';
const outsideWindow = {
  code: 131047,
  title: 'Re-engagement message',
  details: 'More than 24 hours have passed since the customer last replied.',
};

let casement: Casement;
let talk: Talk;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  await casement.simulator.moves({ freeze: true });
  await casement.simulator.mood({ receiptDelayMs: 5, failLater: outsideWindow });
});
afterAll(() => casement.remove());

/** Whatever has happened before lies a second and more in the past of what happens next. */
const timePasses = () => casement.simulator.moves({ advance: 'PT2S' });

describe('a refusal that comes after the provider had accepted', () => {
  const phone = '447700900501';
  let id: string;

  it('R015 F34: fails the message in the provider’s words and closes the window', async () => {
    ({ id } = await talk.customerWrites(phone, 'Hello'));
    await timePasses();
    const thread = casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
      id,
      after: await talk.position(),
    });
    const sent = await talk.sendsWell(id, 'Hello');
    const failed = await talk.messageThatIs('FAILED', id, sent.id);
    expect(failed).toMatchObject({
      insideWindow: true,
      failure: {
        reason: 'window_expired_bridge_sent',
        providerCode: '131047',
        providerMessage: outsideWindow.details,
        retryable: false,
      },
    });
    // Two facts of the same moment, which the views may show one after the other.
    const { window, composer } = await talk.conversationThat(
      'a window that the provider has refused',
      id,
      ({ window: { decidedBy } }) => decidedBy?.type === 'WindowRefusedByProvider',
    );
    expect(window.status).toBe('EXPIRED');
    expect(composer).toMatchObject({ mode: 'TEMPLATE_ONLY', code: 'WINDOW_EXPIRED' });
    const told = await thread.until('the refusal', ({ conversationChanged: { event } }) => {
      return event.type === 'WindowRefusedByProvider';
    });
    expect(told.conversationChanged.conversation.window).toEqual(window);
    await thread.close();
  });

  it('R015 R016: from then on refuses before the provider is asked', async () => {
    const { refusal } = await talk.sends(id, 'Once more');
    expect(refusal).toMatchObject({ code: 'WINDOW_EXPIRED', message: sentence });
    const sent = await casement.simulator.outbox(phone);
    expect(sent.filter(({ provider }) => provider === 'whatsapp')).toHaveLength(1);
  });

  it('R008 R015: a new message of the customer opens the window again', async () => {
    await timePasses();
    await casement.simulator.mood({ failLater: null });
    const { window } = await talk.customerWrites(phone, 'I am here');
    expect(window).toMatchObject({
      status: 'OPEN',
      decidedBy: { type: 'CustomerMessageReceived' },
    });
    const sent = await talk.sendsWell(id, 'So am I');
    await talk.messageThatIs('READ', id, sent.id);
  });

  it('R015: leaves the window open when the customer has written since', async () => {
    const other = '447700900502';
    const found = await talk.customerWrites(other, 'Hello');
    await timePasses();
    await casement.simulator.mood({ failLater: outsideWindow, holdReceipts: true });
    const sent = await talk.sendsWell(found.id, 'Hello');
    await eventually('two receipts on their way', async () => {
      return (await casement.simulator.heldReceipts()) === 2;
    });
    await timePasses();
    const { window } = await talk.customerWrites(other, 'Are you there?');
    await casement.simulator.releaseReceipts();
    const failed = await talk.messageThatIs('FAILED', found.id, sent.id);
    expect(failed.failure).toMatchObject({ reason: 'window_expired', retryable: true });
    expect((await talk.conversation(found.id)).window).toEqual(window);
    expect(window.status).toBe('OPEN');
    await casement.simulator.mood('normal');
    const next = await talk.sends(found.id, 'I am');
    expect(next.refusal).toBeNull();
  });
});
