import { describe, expect, it } from '@jest/globals';
import { messageId, type MessageId } from '#kernel';
import { shownStatus } from '../domain/delivery.js';
import type { ConversationEvent } from '../domain/events.js';
import { dispatcherIn, followed } from '../spec/dispatching.js';
import { after, dayMs, noon, reply, thread } from '../spec/people.js';
import { ScriptedSender, acceptedAs, putOff, refusedAs } from '../spec/scripted-sender.js';
import { confirm, giveUp, receive, request, retry, settle } from '../spec/wishes.js';
import { SteppingTimer, world } from '../spec/world.js';
import { messagesPerSecond } from './pace-of-numbers.js';

const second = messageId('reply2');
const third = messageId('reply3');
type World = ReturnType<typeof world>;

/** A thread in an open window, in which these messages have been asked for. */
const asked = async (...names: readonly MessageId[]): Promise<World> => {
  const place = world();
  await place.say(receive(noon));
  for (const name of names) await place.say(request(noon, name));
  return place;
};
const types = async (place: World, from = 0) =>
  (await place.facts()).slice(from).map(({ type }) => type);
const statusOf = async (place: World, name: MessageId) => {
  const message = (await place.fold()).outbound.get(name);
  return message && shownStatus(message.delivery);
};
const texts = ({ calls }: ScriptedSender) =>
  calls.map(({ content }) => content.kind === 'text' && content.text);

describe('sending a message', () => {
  it('writes the intent, calls, writes the outcome: in that order', async () => {
    const place = await asked(reply);
    const sender = new ScriptedSender(async () => {
      expect((await types(place)).at(-1)).toBe('DispatchStarted');
      return acceptedAs('wamid.1');
    });
    await followed(place, dispatcherIn(place, sender));
    expect(await types(place, 2)).toEqual([
      'MessageRequested',
      'DispatchStarted',
      'DispatchAccepted',
    ]);
    expect((await place.facts()).at(-1)?.data).toMatchObject({
      providerMessageId: 'wamid.1',
      fingerprint: 'print-wamid.1',
    });
  });

  it('F6: says in the call which attempt of which message it is', async () => {
    const place = await asked(reply);
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender));
    expect(sender.calls).toEqual([
      {
        phoneNumberId: '1070',
        to: { kind: 'phone', phone: '+447700900281' },
        content: { kind: 'text', text: reply },
        callbackData: `1.${thread}.${reply}.1`,
      },
    ]);
  });

  it('names the message that is quoted by the provider’s id, whoever wrote it', async () => {
    const place = await asked(reply);
    await place.say(request(noon, second, { quotedMessageId: messageId('hello') }));
    await place.say(request(noon, third, { quotedMessageId: reply }));
    const sender = new ScriptedSender(acceptedAs('wamid.of-reply'), acceptedAs('wamid.of-second'));
    await followed(place, dispatcherIn(place, sender));
    const quoted = sender.calls.map(({ quotedProviderMessageId }) => quotedProviderMessageId);
    expect(quoted).toEqual([undefined, 'wamid.hello', 'wamid.of-reply']);
  });

  it('sends what waits one after the other, in the order asked for', async () => {
    const place = await asked(reply, second, third);
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender));
    expect(texts(sender)).toEqual([reply, second, third]);
  });

  it('waits for the turn of its number', async () => {
    const names = Array.from({ length: messagesPerSecond + 2 }, (_, n) => messageId(`m${n}`));
    const place = await asked(...names);
    const timer = new SteppingTimer();
    await followed(place, dispatcherIn(place, new ScriptedSender(), { timer }));
    expect(timer.slept).toHaveLength(1);
  });

  it('F32: does not call for a message whose window has closed meanwhile', async () => {
    const place = await asked(reply);
    place.clock.advance(dayMs);
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender));
    expect(sender.calls).toEqual([]);
    expect(await types(place, 2)).toEqual(['MessageRequested', 'MessageFailed']);
    expect(await statusOf(place, reply)).toBe('FAILED');
  });

  it.each([
    ['no_address', { recipient: async () => null }],
    ['number_disconnected', { phoneNumberId: async () => null }],
  ])('fails with %s without a call, and goes on with the next', async (reason, over) => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender();
    await followed(place, dispatcherIn(place, sender, { addressees: over }));
    expect(sender.calls).toEqual([]);
    const failures = (await place.facts()).flatMap((fact: ConversationEvent) =>
      fact.type === 'DispatchRejected' ? [fact.data.failure.reason] : [],
    );
    expect(failures).toEqual([reason, reason]);
  });
});

describe('what becomes of it', () => {
  it('R105, R106: a refusal fails the message, and the next is sent', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender(
      refusedAs('131026', 'invalid_phone_number'),
      acceptedAs('wamid.2'),
    );
    await followed(place, dispatcherIn(place, sender));
    expect(texts(sender)).toEqual([reply, second]);
    expect(await statusOf(place, reply)).toBe('FAILED');
  });

  it('R015: a refusal for the window closes it, and what waits behind fails without a call', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender(refusedAs('131047', 'window_expired'));
    await followed(place, dispatcherIn(place, sender));
    expect(texts(sender)).toEqual([reply]);
    expect(await types(place, 4)).toEqual([
      'DispatchStarted',
      'DispatchRejected',
      'WindowRefusedByProvider',
      'MessageFailed',
    ]);
  });

  it('F25: what was put off holds its thread until its time, and nothing overtakes it', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender(putOff(9_000), acceptedAs('wamid.1'));
    const dispatcher = dispatcherIn(place, sender);
    const read = await followed(place, dispatcher);
    expect(texts(sender)).toEqual([reply]);
    place.clock.advance(9_000);
    await place.say(retry(after(9_000)));
    await followed(place, dispatcher, read);
    expect(texts(sender)).toEqual([reply, reply, second]);
    expect(sender.calls.map(({ callbackData }) => callbackData.split('.').at(-1))).toEqual([
      '1',
      '2',
      '1',
    ]);
  });

  it('F25, P10: what is put off again and again fails in the end, and the next goes', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender(
      ...Array.from({ length: 8 }, () => putOff(null)),
      acceptedAs('w'),
    );
    const dispatcher = dispatcherIn(place, sender);
    let read = await followed(place, dispatcher);
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await place.say(retry(noon, { attempt }));
      read = await followed(place, dispatcher, read);
    }
    expect(texts(sender)).toEqual([...Array.from({ length: 8 }, () => reply), second]);
    expect(await statusOf(place, reply)).toBe('FAILED');
  });

  it('P10, F29: a lost answer is NOT_CONFIRMED, and later messages go on', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender({ kind: 'unknown', why: 'reset' }, acceptedAs('wamid.2'));
    await followed(place, dispatcherIn(place, sender));
    expect(texts(sender)).toEqual([reply, second]);
    expect(await statusOf(place, reply)).toBe('NOT_CONFIRMED');
    await place.say(confirm(noon, 'DELIVERED'));
    expect(await statusOf(place, reply)).toBe('DELIVERED');
  });

  it('is sent again only when a person says so, as another attempt', async () => {
    const place = await asked(reply);
    const sender = new ScriptedSender({ kind: 'unknown', why: 'reset' }, acceptedAs('wamid.2'));
    const dispatcher = dispatcherIn(place, sender);
    const read = await followed(place, dispatcher);
    await place.say(settle(noon, 'SEND_AGAIN'));
    await followed(place, dispatcher, read);
    expect(sender.calls.map(({ callbackData }) => callbackData)).toEqual([
      `1.${thread}.${reply}.1`,
      `1.${thread}.${reply}.2`,
    ]);
  });

  it('called off before its turn it was not sent: it is put off, not unknown', async () => {
    const names = Array.from({ length: messagesPerSecond + 2 }, (_, n) => messageId(`m${n}`));
    const place = await asked(...names);
    const stop = new AbortController();
    let turns = 0;
    const phoneNumberId = async () => {
      turns += 1;
      // The last one has been begun and will have to wait for its turn.
      if (turns === names.length) stop.abort(new Error('stop'));
      return '1070';
    };
    const sender = new ScriptedSender();
    const dispatcher = dispatcherIn(place, sender, { addressees: { phoneNumberId } });
    const [, , fact] = await place.facts();
    if (fact?.type !== 'MessageRequested') throw new Error('nothing was asked for');
    await dispatcher.dispatch(fact, stop.signal);
    expect(sender.calls).toHaveLength(messagesPerSecond + 1);
    expect((await types(place)).slice(-2)).toEqual(['DispatchStarted', 'DispatchDeferred']);
  });
});

describe('never twice', () => {
  it('F7: facts that are shown again lead to no call', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender();
    const dispatcher = dispatcherIn(place, sender);
    await followed(place, dispatcher);
    await followed(place, dispatcher);
    expect(texts(sender)).toEqual([reply, second]);
  });

  it('P9: whoever meets another’s intent does not call', async () => {
    const place = await asked(reply);
    const [, , fact] = await place.facts();
    if (fact?.type !== 'MessageRequested') throw new Error('nothing was asked for');
    const other = new ScriptedSender();
    const sender = new ScriptedSender(async () => {
      const meanwhile = dispatcherIn(place, other, { decisions: place.deciding() });
      await meanwhile.dispatch(fact, new AbortController().signal);
      return acceptedAs('wamid.1');
    });
    await followed(place, dispatcherIn(place, sender));
    expect([sender.calls.length, other.calls.length]).toEqual([1, 0]);
  });

  it('P9: of many processes that start at once, one calls', async () => {
    const place = await asked(reply);
    const senders = Array.from({ length: 4 }, () => new ScriptedSender());
    await Promise.all(
      senders.map((sender) =>
        followed(place, dispatcherIn(place, sender, { decisions: place.deciding() })),
      ),
    );
    expect(senders.flatMap(({ calls }) => calls)).toHaveLength(1);
  });

  it.each([
    ['F5: before the call', 0],
    ['F6: after it', 1],
  ])('%s: a crash leaves it unknown, and it is not sent again', async (_, callsBefore) => {
    const place = await asked(reply, second);
    const crash = new Error('killed');
    const dying: ScriptedSender = new ScriptedSender(async () => {
      if (callsBefore === 0) dying.calls.pop();
      throw crash;
    });
    await expect(followed(place, dispatcherIn(place, dying))).rejects.toBe(crash);
    expect(await types(place, 4)).toEqual(['DispatchStarted']);

    const sender = new ScriptedSender();
    const dispatcher = dispatcherIn(place, sender, { decisions: place.deciding() });
    const read = await followed(place, dispatcher);
    expect(sender.calls).toEqual([]);
    place.clock.advance(120_000);
    await place.say(giveUp(after(120_000)));
    await followed(place, dispatcher, read);
    expect(texts(sender)).toEqual([second]);
    expect(dying.calls).toHaveLength(callsBefore);
    expect(await statusOf(place, reply)).toBe('NOT_CONFIRMED');
    await place.say(confirm(after(130_000), 'READ'));
    expect(await statusOf(place, reply)).toBe('READ');
  });

  it('F16: a receipt that comes before our own answer frees the thread, and the answer is kept', async () => {
    const place = await asked(reply, second);
    const sender = new ScriptedSender(async () => {
      await place.say(confirm(noon, 'DELIVERED', {}, { fingerprint: 'print-wamid.1' }));
      return acceptedAs('wamid.1');
    }, acceptedAs('wamid.2'));
    await followed(place, dispatcherIn(place, sender));
    expect(texts(sender)).toEqual([reply, second]);
    expect(await statusOf(place, reply)).toBe('DELIVERED');
    expect((await place.fold()).providerIds.get(reply)).toBe('wamid.1');
  });
});
