import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import {
  ConversationActionInput,
  ConversationFilter,
  ResolveUnconfirmedMessageInput,
  SendMessageInput,
} from './inputs.js';

/** The fields that are wrong. */
const wrong = (input: object, told: object): readonly string[] =>
  validateSync(Object.assign(input, told)).map(({ property }) => property);

const send = { conversationId: 'thread1.1', text: 'Yes', idempotencyKey: 'a key' };
const settle = { messageId: 'reply1', outcome: 'ARRIVED', idempotencyKey: 'a key' };

describe('what a client may say', () => {
  it('is taken as it is when it is in order, with or without what is optional', () => {
    const nulls = {
      quotedMessageId: null,
      expectedRevision: null,
      clientMutationId: null,
      text: null,
    };
    expect(wrong(new SendMessageInput(), send)).toEqual([]);
    expect(wrong(new SendMessageInput(), { ...send, ...nulls })).toEqual([]);
    expect(wrong(new ResolveUnconfirmedMessageInput(), settle)).toEqual([]);
    expect(wrong(new ConversationActionInput(), { conversationId: 'thread1.1' })).toEqual([]);
    expect(wrong(new ConversationFilter(), {})).toEqual([]);
  });

  it.each([
    [{ conversationId: '' }, 'conversationId'],
    [{ conversationId: 'a b' }, 'conversationId'],
    [{ conversationId: "a'; --" }, 'conversationId'],
    [{ conversationId: 'a'.repeat(101) }, 'conversationId'],
    [{ quotedMessageId: '/' }, 'quotedMessageId'],
    [{ expectedRevision: -1 }, 'expectedRevision'],
    [{ expectedRevision: 0.5 }, 'expectedRevision'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ idempotencyKey: 'k'.repeat(201) }, 'idempotencyKey'],
    [{ clientMutationId: 'm'.repeat(201) }, 'clientMutationId'],
  ])('sendMessage: %j is bad input, and %s is named', (told, field) => {
    expect(wrong(new SendMessageInput(), { ...send, ...told })).toEqual([field]);
  });

  it('a search with an end of text in it is bad input: databases cut there', () => {
    expect(wrong(new ConversationFilter(), { search: 'a\0b' })).toEqual(['search']);
    expect(wrong(new ConversationFilter(), { search: 'Ä%_' })).toEqual([]);
  });

  it('takes keys of 1 to 200 characters and ids of 100', () => {
    for (const told of [
      { idempotencyKey: 'k' },
      { idempotencyKey: 'k'.repeat(200), clientMutationId: 'm'.repeat(200) },
      { conversationId: 'a'.repeat(100), expectedRevision: 0 },
    ])
      expect(wrong(new SendMessageInput(), { ...send, ...told })).toEqual([]);
  });

  it('resolveUnconfirmedMessage: knows two outcomes', () => {
    const told = { ...settle, outcome: 'MAYBE' };
    expect(wrong(new ResolveUnconfirmedMessageInput(), told)).toEqual(['outcome']);
  });

  it.each([
    [{ window: 'CLOSED' }, 'window'],
    [{ lifecycle: 'OPEN' }, 'lifecycle'],
    [{ expiringWithinMinutes: -1 }, 'expiringWithinMinutes'],
    [{ expiringWithinMinutes: 10_081 }, 'expiringWithinMinutes'],
    [{ expiringWithinMinutes: 1.5 }, 'expiringWithinMinutes'],
    [{ search: 's'.repeat(101) }, 'search'],
    [{ status: 's'.repeat(101) }, 'status'],
    [{ numberId: '%' }, 'numberId'],
  ])('the filter %j is bad input, and %s is named', (told, field) => {
    expect(wrong(new ConversationFilter(), told)).toEqual([field]);
  });

  it('takes filters up to their limits', () => {
    const told = { expiringWithinMinutes: 10_080, search: 's'.repeat(100), window: 'NEVER_OPENED' };
    expect(wrong(new ConversationFilter(), told)).toEqual([]);
    expect(wrong(new ConversationFilter(), { expiringWithinMinutes: 0 })).toEqual([]);
  });
});
