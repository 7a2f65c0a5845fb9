import { describe, expect, it } from '@jest/globals';
import { epochMs, reject } from '#kernel';
import { customerWrote, neverOpened, providerRefused } from '../domain/window.js';
import { after, dayMs, noon, second } from '../spec/people.js';
import { emptyContent, tooLongContent } from './content-refusals.js';
import { refusalOf, windowExpiredRefusal } from './refusals.js';
import { notFound } from './plain-refusals.js';

const nothing = async () => [];
const window = customerWrote(neverOpened, epochMs(noon));

describe('the refusal of a free-form message outside the window', () => {
  it('R016: says the sentence byte for byte, and R029: since when and why', () => {
    expect(windowExpiredRefusal(window, null)).toEqual({
      __typename: 'WindowExpiredRefusal',
      code: 'WINDOW_EXPIRED',
      message: 'A template message is required outside the 24-hour messaging window.',
      closedAt: after(dayMs),
      lastCustomerMessageAt: noon,
      bridge: null,
    });
  });

  it('R014: says the same where no window has ever been open', () => {
    expect(windowExpiredRefusal(neverOpened, null)).toMatchObject({
      code: 'WINDOW_EXPIRED',
      closedAt: null,
      lastCustomerMessageAt: null,
    });
  });

  it('R015: says of a window that the provider closed that it did so then, not in the future', () => {
    const refused = providerRefused(window, epochMs(after(5)));
    expect(windowExpiredRefusal(refused, null)).toMatchObject({ closedAt: after(5) });
    const since = customerWrote(refused, epochMs(after(9)));
    expect(windowExpiredRefusal(since, null)).toMatchObject({ closedAt: after(dayMs + 9) });
  });
});

describe('what a thread rejects', () => {
  it('F52: what does not exist and what is somebody else’s read the same', async () => {
    for (const reason of ['ConversationUnknown', 'MessageUnknown'] as const)
      expect(await refusalOf(reject(reason), nothing)).toEqual(notFound());
    expect(notFound()).toEqual({
      __typename: 'PlainRefusal',
      code: 'NOT_FOUND',
      message: 'There is no such thing in this organisation.',
    });
  });

  it('R132: an ended conversation names the one that goes on', async () => {
    const details = { currentConversationId: second };
    const refusal = await refusalOf({ rejected: 'ConversationHasEnded', details }, nothing);
    expect(refusal).toEqual({
      __typename: 'ConversationEndedRefusal',
      code: 'CONVERSATION_ENDED',
      message: 'This conversation has ended. Write in the current one, or wait for the customer.',
      currentConversationId: second,
    });
  });

  it('a late writer is told where the conversation stands, and what was said since', async () => {
    const asked: number[] = [];
    const since = async (revision: number) => {
      asked.push(revision);
      return [];
    };
    const details = { revision: 7 };
    expect(await refusalOf({ rejected: 'ConversationMovedOn', details }, since)).toMatchObject({
      __typename: 'MovedOnRefusal',
      code: 'CONVERSATION_MOVED_ON',
      revision: 7,
      since: [],
    });
    expect(asked).toEqual([7]);
  });

  it.each([
    ['IdempotencyKeyUsedOtherwise', 'IDEMPOTENCY_CONFLICT'],
    ['MessageNotUnconfirmed', 'MESSAGE_NOT_UNCONFIRMED'],
  ] as const)('%s reads %s', async (reason, code) => {
    const refusal = await refusalOf(reject(reason), () => Promise.reject(new Error('not asked')));
    expect(refusal).toMatchObject({ __typename: 'PlainRefusal', code });
  });
});

describe('words that cannot be sent', () => {
  it('are refused with the field, and with the limit where there is one', () => {
    expect(emptyContent('text')).toMatchObject({
      code: 'CONTENT_INVALID',
      field: 'text',
      limit: null,
    });
    expect(tooLongContent('text', { limit: 4_096, actual: 4_097 }, 'WhatsApp')).toEqual({
      __typename: 'InvalidContentRefusal',
      code: 'CONTENT_TOO_LARGE',
      message: 'The message has 4097 characters; WhatsApp takes at most 4096.',
      field: 'text',
      limit: 4_096,
      actual: 4_097,
    });
  });
});
