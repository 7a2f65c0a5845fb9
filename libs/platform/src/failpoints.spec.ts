import { describe, expect, it } from '@jest/globals';
import { eventId } from '#kernel';
import { failpointsOf, placeOfAppend } from './failpoints.js';

class Counter {
  #count = 0;

  count(): number {
    return this.#count;
  }

  async add(many: number): Promise<number> {
    this.#count += many;
    return this.#count;
  }
}

describe('failpoints', () => {
  it('wrap nothing in a process that nobody kills', () => {
    const counter = new Counter();
    expect(failpointsOf(null).around(counter, 'add', () => 'sms.call')).toBe(counter);
  });

  it('change nothing of a port before the passing that is asked for', async () => {
    const failpoints = failpointsOf({ name: 'sms.call.after', passing: 3 });
    const counter = failpoints.around(new Counter(), 'add', () => 'sms.call');
    expect(await counter.add(2)).toBe(2);
    expect(await counter.add(3)).toBe(5);
    expect(counter.count()).toBe(5);
  });

  it.each([
    ['webhooks-sms-2026-11-20', ['WebhookReceived'], 'webhook.append'],
    ['conversation-a', ['ConversationStarted', 'CustomerMessageReceived'], 'inbound.append'],
    ['conversation-a', ['MessageRequested', 'MessageFailed'], 'request.append'],
    ['conversation-a', ['DispatchStarted'], 'dispatch.start'],
    ['conversation-a', ['DispatchAccepted', 'BridgeSmsSent'], 'dispatch.outcome'],
    ['conversation-a', ['MediaStored'], 'media.outcome'],
    ['contact-a', ['ContactNamed'], 'decision.append'],
  ] as const)('know what an append to %s of %s is for', (stream, types, place) => {
    const events = types.map((type) => ({ id: eventId('1'), type, data: {}, metadata: {} }));
    expect(placeOfAppend(stream, 'any', events)).toBe(place);
  });
});
