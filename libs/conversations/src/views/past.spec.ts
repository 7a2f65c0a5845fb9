import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationId, numberId, threadId, type DomainEvent } from '#kernel';
import { History } from '#engine';
import { started, wrote } from '../spec/facts.js';
import { acme, after, daniel, first, noon, stream, thread } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { Past, PastTooLong } from './past.js';

const contactStream = `contact-${acme}-${daniel}`;
const there = conversationId(threadId('thread2'), 1);
const of = { contactId: daniel, startedAt: Number.MAX_SAFE_INTEGER, conversationId: 'none' };
const everything = { size: 10, from: 'start' as const, beyond: null };

let views: Views;
const past = (factsMax: number): Past =>
  new Past(new History(views.log), acme, () => true, factsMax);

beforeAll(async () => {
  views = await openViews();
  const opened = (number: string, to: string): DomainEvent => ({
    type: 'ContactThreadOpened',
    at: noon,
    data: { numberId: numberId(number), threadId: threadId(to) },
  });
  await views.record([started(noon), wrote(noon, 'a'), wrote(after(1), 'b'), wrote(after(2), 'c')]);
  const met: DomainEvent = { type: 'ContactMet', at: noon, data: { contactId: daniel } };
  await views.record([met, opened('number1', thread), opened('number2', 'thread2')], {
    stream: contactStream,
  });
  const start = started(noon);
  await views.record(
    [
      { ...start, data: { ...start.data, conversationId: there, numberId: numberId('number2') } },
      ...['d', 'e', 'f', 'g'].map((name) => wrote(noon, name, { conversationId: there })),
    ],
    { stream: `conversation-${acme}-thread2` },
  );
});
afterAll(() => views.close());

describe('a look back', () => {
  it('reads as many facts of a thread as it may, and not one more', async () => {
    expect(await past(4).conversation(thread, first)).toMatchObject({
      row: { writer_revision: 4 },
    });
    await expect(past(3).conversation(thread, first)).rejects.toBeInstanceOf(PastTooLong);
  });

  it('reads the other threads of the contact when it is asked for them, within the same bound', async () => {
    const known = await past(5).conversation(thread, first);
    expect((await known?.reads.previous(of, everything))?.rows).toMatchObject([
      { conversation_id: there, message_count: 4 },
      { conversation_id: first, message_count: 3 },
    ]);
    const tight = await past(4).conversation(thread, first);
    await expect(tight?.reads.previous(of, everything)).rejects.toBeInstanceOf(PastTooLong);
  });

  it('reads nothing that had not been recorded', async () => {
    const only = new Past(new History(views.log), acme, ({ revision, stream: each }) =>
      each === stream ? revision < 2n : false,
    );
    const found = await only.conversation(thread, first);
    expect(found?.row).toMatchObject({ writer_revision: 2, wa_id: null, sms_opted_out: null });
    expect((await found?.reads.messages(first, everything))?.rows).toHaveLength(1);
    expect(found?.organisation.name).toBeNull();
    const none = new Past(new History(views.log), acme, () => false);
    expect(await none.conversation(thread, first)).toBeNull();
  });
});
