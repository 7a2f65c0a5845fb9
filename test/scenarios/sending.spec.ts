import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { documents, type ConversationChange, type Payload } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const textLengthMax = 4_096;
const quickReceipts = { receiptDelayMs: 5 };

let casement: Casement;
let talk: Talk;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  await casement.simulator.mood(quickReceipts);
});
afterAll(() => casement.remove());

const inMood = async (mood: object, work: () => Promise<void>): Promise<void> => {
  await casement.simulator.mood({ ...quickReceipts, ...mood });
  try {
    await work();
  } finally {
    await casement.simulator.mood('normal');
    await casement.simulator.mood(quickReceipts);
  }
};

const outboxTexts = async (phone: string): Promise<readonly (string | null)[]> =>
  (await casement.simulator.outbox(phone)).map(({ text }) => text);

describe('a message to the customer', () => {
  it('R104 C08: is PENDING, then SENT, DELIVERED, READ, each pushed as it comes', async () => {
    const { id } = await talk.customerWrites('447700900401', 'Hello');
    const thread = casement.subscribe<ConversationChange>('agent', documents.conversationChanged, {
      id,
      after: await talk.position(),
    });
    const sent = await talk.sendsWell(id, 'Good morning');
    expect(sent).toMatchObject({ direction: 'OUTBOUND', userId: 'agent' });
    const read = await talk.messageThatIs('READ', id, sent.id);
    await thread.count('facts of the message', 6);
    expect(read.statusTimes.map(({ status }) => status)).toEqual([
      'PENDING',
      'SENT',
      'DELIVERED',
      'READ',
    ]);
    const types = thread.received.map(({ conversationChanged: { event } }) => event.type);
    expect(types.slice(0, 2)).toEqual(['MessageRequested', 'DispatchStarted']);
    // A receipt may overtake our own record of the provider's answer.
    expect(types.slice(2).toSorted()).toEqual([
      'DispatchAccepted',
      ...Array.from({ length: 3 }, () => 'MessageReceiptReceived'),
    ]);
    await thread.close();
  });

  it('R104: was PENDING while the provider had not answered', async () => {
    const { id } = await talk.customerWrites('447700900402', 'Hello');
    await inMood({ delayMs: 300, receipts: 'manual' }, async () => {
      const sent = await talk.sendsWell(id, 'Wait for it');
      expect(sent.status).toBe('PENDING');
    });
  });

  it('P11 F16: shows READ and every time, with receipts shuffled and doubled', async () => {
    const { id } = await talk.customerWrites('447700900403', 'Hello');
    await inMood({ shuffleReceipts: true, doubleReceipts: true }, async () => {
      const sent = await talk.sendsWell(id, 'In any order');
      await eventually('six receipts', async () => {
        const [accepted] = await casement.simulator.outbox('447700900403');
        return accepted?.statuses.filter(({ delivered }) => delivered).length === 6;
      });
      const read = await eventually('all four times', async () => {
        const message = await talk.message(id, sent.id);
        return message?.statusTimes.length === 4 && message;
      });
      expect(read.status).toBe('READ');
      expect(read.statusTimes.map(({ status }) => status)).toEqual([
        'PENDING',
        'SENT',
        'DELIVERED',
        'READ',
      ]);
    });
  });

  it('keeps the order in which it was asked for within a thread', async () => {
    const { id } = await talk.customerWrites('447700900404', 'Hello');
    const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    for (const text of texts) await talk.sendsWell(id, text);
    await eventually('all of them at the double', async () => {
      return (await outboxTexts('447700900404')).length === texts.length;
    });
    expect(await outboxTexts('447700900404')).toEqual(texts);
  });
});

describe('a provider that says no', () => {
  it.each([
    ['131026', 'invalid_phone_number', '447700900411'],
    ['132001', 'template_not_approved', '447700900412'],
    ['131047', 'window_expired_bridge_sent', '447700900413'],
  ])('R105 R106 R107: error %s is %s, in its own words', async (code, reason, phone) => {
    const { id } = await talk.customerWrites(phone, 'Hello');
    const details = `Mot pour mot: „${code}“ – word for word`;
    const refuse = { code: Number(code), title: 'Its title', message: 'Its message', details };
    await inMood({ refuse }, async () => {
      const sent = await talk.sendsWell(id, 'Hello');
      const failed = await talk.messageThatIs('FAILED', id, sent.id);
      expect(failed.failure).toMatchObject({
        reason,
        providerCode: code,
        providerMessage: details,
      });
      expect(await outboxTexts(phone)).toEqual([]);
    });
  });
});

describe('an idempotency key', () => {
  it('P9 F39: asked 20 times at once is one message, accepted once', async () => {
    const { id } = await talk.customerWrites('447700900421', 'Hello');
    const payloads = await Promise.all(
      Array.from({ length: 20 }, () => talk.sends(id, 'Once', { idempotencyKey: 'same key' })),
    );
    expect(payloads.map(({ refusal }) => refusal)).toEqual(payloads.map(() => null));
    const [messageId = ''] = new Set(payloads.map(({ message }) => message?.id));
    expect(new Set(payloads.map(({ message }) => message?.id)).size).toBe(1);
    await talk.messageThatIs('READ', id, messageId);
    const again = await talk.sends(id, 'Once', { idempotencyKey: 'same key' });
    expect(again.message?.id).toBe(messageId);
    expect(await outboxTexts('447700900421')).toEqual(['Once']);
    const outbound = (await talk.messages(id)).filter(({ direction }) => direction === 'OUTBOUND');
    expect(outbound).toHaveLength(1);
  });

  it('with another input is a conflict, and nothing is sent', async () => {
    const { id } = await talk.customerWrites('447700900422', 'Hello');
    const first = await talk.sends(id, 'One', { idempotencyKey: 'key' });
    await talk.messageThatIs('READ', id, first.message?.id ?? '');
    const second = await talk.sends(id, 'Two', { idempotencyKey: 'key' });
    expect(second).toMatchObject({ refusal: { code: 'IDEMPOTENCY_CONFLICT' }, message: null });
    expect(await outboxTexts('447700900422')).toEqual(['One']);
  });
});

describe('a writer who has not seen everything', () => {
  it('F38: is refused with what was said since', async () => {
    const { id, revision } = await talk.customerWrites('447700900431', 'First');
    await talk.customerWrites('447700900431', 'Second');
    const late = await talk.sends(id, 'Answer to the first', { expectedRevision: revision });
    expect(late).toMatchObject({
      message: null,
      refusal: {
        code: 'CONVERSATION_MOVED_ON',
        revision: revision + 1,
        since: [{ content: { text: 'Second' } }],
      },
    });
    const now = await talk.sends(id, 'Answer to both', { expectedRevision: revision + 1 });
    expect(now.refusal).toBeNull();
  });

  it('F38: of two at the same instant one is sent, the other is told', async () => {
    const { id, revision } = await talk.customerWrites('447700900432', 'Who answers?');
    const payloads = await Promise.all(
      ['I do', 'I do, too'].map((text) => talk.sends(id, text, { expectedRevision: revision })),
    );
    expect(payloads.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    const told = payloads.find(({ refusal }) => refusal !== null)?.refusal;
    expect(told).toMatchObject({ code: 'CONVERSATION_MOVED_ON', since: [expect.anything()] });
  });

  it('is not stale for receipts and read marks', async () => {
    const { id } = await talk.customerWrites('447700900433', 'Hello');
    const sent = await talk.sendsWell(id, 'Hello');
    const { revision } = await talk.conversation(id);
    await talk.messageThatIs('READ', id, sent.id);
    await talk.acts('markRead', id);
    expect((await talk.conversation(id)).revision).toBe(revision);
  });
});

describe('the length of a text', () => {
  it('R112: is at most 4,096 characters', async () => {
    const { id } = await talk.customerWrites('447700900441', 'Hello');
    const longest = await talk.sendsWell(id, 'é'.repeat(textLengthMax));
    await talk.messageThatIs('READ', id, longest.id);
    const { refusal, message } = await talk.sends(id, 'é'.repeat(textLengthMax + 1));
    expect(message).toBeNull();
    expect(refusal).toMatchObject({
      __typename: 'InvalidContentRefusal',
      code: 'CONTENT_TOO_LARGE',
      field: 'text',
      limit: textLengthMax,
      actual: textLengthMax + 1,
    });
  });

  it.each(['', ' ', '\n\t', '\u200b', 'a\0b', 'a\ud800b'])(
    'R112: %j is nothing that can be sent',
    async (text) => {
      const { id } = await talk.customerWrites('447700900442', 'Hello');
      const { refusal, message } = await talk.sends(id, text);
      expect(refusal).toMatchObject({ code: 'CONTENT_INVALID', field: 'text' });
      expect(message).toBeNull();
    },
  );

  it('quotes nothing that was not said in the same conversation', async () => {
    const other = await talk.customerWrites('447700900445', 'My own words');
    const { id } = await talk.customerWrites('447700900446', 'Hello');
    const { id: quotedMessageId } = await talk.sendsWell(other.id, 'To you alone');
    for (const elsewhere of [quotedMessageId, 'nope']) {
      const { refusal } = await talk.sends(id, 'Quoting', { quotedMessageId: elsewhere });
      expect(refusal).toMatchObject({ code: 'CONTENT_INVALID', field: 'quotedMessageId' });
    }
  });

  it('R112: goes by characters, not by what a computer counts', async () => {
    const { id } = await talk.customerWrites('447700900443', 'Hello');
    const { refusal } = await talk.sends(id, '🚗'.repeat(textLengthMax + 1));
    expect(refusal).toMatchObject({ code: 'CONTENT_TOO_LARGE', actual: textLengthMax + 1 });
  });
});

describe('a conversation that was read', () => {
  it('has nothing unread, and the customer’s phone shows it', async () => {
    await talk.customerWrites('447700900451', 'One');
    const { id, unreadCount } = await talk.customerWrites('447700900451', 'Two');
    expect(unreadCount).toBe(2);
    const { conversation, refusal } = await talk.acts('markRead', id);
    expect(refusal).toBeNull();
    expect(conversation?.unreadCount).toBe(0);
    await eventually('the blue ticks', async () => {
      const phones = await casement.simulator.phones();
      return phones.find(({ from }) => from === '447700900451')?.seenAt;
    });
    const again = await talk.acts('markRead', id);
    expect(again).toMatchObject({ refusal: null, conversation: { unreadCount: 0 } });
  });
});

describe('a conversation that has ended', () => {
  it('R132 C06: takes no message, and names the one that goes on', async () => {
    const { id } = await talk.customerWrites('447700900461', 'Hello');
    const ended = await talk.acts('end', id);
    expect(ended).toMatchObject({ refusal: null, conversation: { lifecycle: 'ENDED' } });
    const refused = await talk.sends(id, 'One more thing');
    expect(refused).toMatchObject({
      message: null,
      refusal: { code: 'CONVERSATION_ENDED', currentConversationId: null },
    });
    const next = await talk.customerWrites('447700900461', 'Me again');
    expect(next.id).not.toBe(id);
    expect(next).toMatchObject({ lifecycle: 'ACTIVE', window: { status: 'OPEN' } });
    const old = await talk.sends(id, 'One more thing');
    expect(old.refusal).toMatchObject({
      code: 'CONVERSATION_ENDED',
      currentConversationId: next.id,
    });
    const message = await talk.sendsWell(next.id, 'Here');
    await talk.messageThatIs('READ', next.id, message.id);
    expect(await outboxTexts('447700900461')).toEqual(['Here']);
  });
});

describe('who may do what', () => {
  it('R151 R152: one who may only look sees the window and cannot send', async () => {
    const { id } = await talk.customerWrites('447700900471', 'Hello');
    const looking = new Talk(casement, 'viewer');
    expect((await looking.conversation(id)).window.status).toBe('OPEN');
    const input = { conversationId: id, text: 'Hello', idempotencyKey: 'k' };
    for (const [document, given] of [
      [documents.send, input],
      [documents.end, { conversationId: id }],
      [documents.resolve, { messageId: 'x', outcome: 'ARRIVED', idempotencyKey: 'k' }],
    ] as const) {
      const { payload } = await casement.gql<{ payload: Payload }>('viewer', document, {
        input: given,
      });
      expect(payload.refusal).toMatchObject({ code: 'CAPABILITY_MISSING' });
    }
    expect(await outboxTexts('447700900471')).toEqual([]);
  });

  it('F52 P20: another organisation’s ids answer exactly like unknown ones', async () => {
    const { id } = await talk.customerWrites('447700900472', 'Hello');
    const { id: messageId } = await talk.sendsWell(id, 'Hello');
    await talk.messageThatIs('READ', id, messageId);
    const unknown = id.replace(/^../, (start) => (start === 'zz' ? 'yy' : 'zz'));
    const asked = async (conversation: string, message: string) => {
      const ask = (document: string, variables: { readonly [name: string]: unknown }) =>
        casement.ask<{ payload: Payload }>('otherOrganisation', document, variables);
      const send = { conversationId: conversation, text: 'Hi', idempotencyKey: 'k' };
      const resolve = { messageId: message, outcome: 'ARRIVED', idempotencyKey: 'k' };
      return [
        await ask(documents.conversation, { id: conversation }),
        await ask(documents.messages, { id: conversation }),
        await ask(documents.send, { input: send }),
        await ask(documents.markRead, { input: { conversationId: conversation } }),
        await ask(documents.end, { input: { conversationId: conversation } }),
        await ask(documents.resolve, { input: resolve }),
        await casement
          .subscribe('otherOrganisation', documents.conversationChanged, { id: conversation })
          .refusal(),
      ];
    };
    const theirs = await asked(id, messageId);
    expect(theirs).toEqual(await asked(unknown, 'unknown-message'));
    expect(theirs.at(-1)).toBe('NOT_FOUND');
    const found = await new Talk(casement, 'otherOrganisation').conversationWith('447700900472');
    expect(found).toBeNull();
  });
});
