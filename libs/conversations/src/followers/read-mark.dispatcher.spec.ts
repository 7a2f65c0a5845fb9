import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel';
import { recorded } from '#kernel/spec';
import type { ConversationRead } from '../domain/events.js';
import { addressees } from '../spec/dispatching.js';
import { read } from '../spec/facts.js';
import { after, noon, stream } from '../spec/people.js';
import { ScriptedSender } from '../spec/scripted-sender.js';
import { receive } from '../spec/wishes.js';
import { SteppingTimer, world } from '../spec/world.js';
import type { Addressees } from './whatsapp-request.js';
import { readMarkDispatcher } from './read-mark.dispatcher.js';

const marked = async (fact: ConversationRead, over: Partial<Addressees> = {}) => {
  const { decisions, say } = world();
  await say(receive(noon));
  const sender = new ScriptedSender();
  const timer = new SteppingTimer();
  const ports = { decisions, sender, timer, addressees: { ...addressees, ...over } };
  const { signal } = new AbortController();
  await readMarkDispatcher(ports).dispatch(recorded(fact, { stream }), signal);
  return sender.marked;
};

describe('showing the customer that their messages were read', () => {
  it('marks the newest of them, from the number they wrote to', async () => {
    expect(await marked(read(after(1)))).toEqual([
      { phoneNumberId: '1070', providerMessageId: 'wamid.hello' },
    ]);
  });

  it('is left out where there is nothing to mark, or no number to do it from', async () => {
    const fact = read(after(1));
    expect(await marked({ ...fact, data: { ...fact.data, providerMessageId: ERASED } })).toEqual(
      [],
    );
    expect(await marked(fact, { phoneNumberId: async () => null })).toEqual([]);
  });
});
