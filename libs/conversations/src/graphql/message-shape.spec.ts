import { describe, expect, it } from '@jest/globals';
import { ERASED, type Personal } from '#kernel';
import { recorded } from '#kernel/spec';
import { organisationDecider } from '#organisations';
import type { MessageContent } from '../domain/content.js';
import type { ConversationEvent } from '../domain/events.js';
import { accepted, badNumber, dispatching, receipt, rejected } from '../spec/dispatches.js';
import { requested, wrote } from '../spec/facts.js';
import { nothingRead } from '../spec/reads.js';
import { acme, after, daniel, noon, reply } from '../spec/people.js';
import { messagesProjection, type MessageRow } from '../views/messages.projection.js';
import { messageShape } from './message-shape.js';

const people = {
  organisationId: acme,
  organisation: { ...organisationDecider.initial, name: 'AcmeMotors' },
  contact: { id: daniel, name: 'Daniel Okafor' },
  reads: nothingRead,
};
const shapeOf = (...facts: readonly ConversationEvent[]) => {
  const row = facts.reduce<MessageRow | undefined>(
    (before, fact) => messagesProjection.project(before, recorded(fact) as never, reply),
    undefined,
  );
  if (!row) throw new Error('there is no message');
  return messageShape(row, people);
};

describe('a message as clients see it', () => {
  it('R019: is a session message when it is free-form, on either side', () => {
    expect(shapeOf(wrote(noon)).billingClass).toBe('SESSION');
    expect(shapeOf(requested(after(1)))).toMatchObject({
      kind: 'FREE_FORM',
      billingClass: 'SESSION',
      insideWindow: true,
    });
  });

  it('R020, C24: is a template message when it is a template, inside the window or not', () => {
    for (const insideWindow of [true, false])
      expect(shapeOf(requested(after(1), reply, { kind: 'TEMPLATE', insideWindow }))).toMatchObject(
        {
          kind: 'TEMPLATE',
          billingClass: 'TEMPLATE',
          insideWindow,
        },
      );
  });

  it('R104: shows how far it got, and when', () => {
    const shape = shapeOf(
      requested(after(1)),
      dispatching(after(2)),
      accepted(after(3)),
      receipt(after(5), 'READ'),
      receipt(after(4), 'DELIVERED'),
    );
    expect(shape.status).toBe('READ');
    expect(shape.statusTimes).toEqual([
      { status: 'PENDING', at: after(1) },
      { status: 'DELIVERED', at: after(4) },
      { status: 'READ', at: after(5) },
    ]);
    expect(shape.failure).toBeNull();
  });

  it('R105, R106: shows why it failed, with the words of WhatsApp', () => {
    const shape = shapeOf(
      requested(after(1)),
      dispatching(after(2)),
      rejected(after(3), badNumber),
    );
    expect(shape).toMatchObject({ status: 'FAILED', failure: badNumber });
  });

  it('says whether a machine wrote it, and which member did', () => {
    expect(shapeOf(requested(after(1)))).toMatchObject({ aiGenerated: false, userId: 'ann' });
    const machine = requested(after(1), reply, { author: { kind: 'ai', id: 'bot' } });
    expect(shapeOf(machine)).toMatchObject({ aiGenerated: true });
    const system = requested(after(1), reply, { author: { kind: 'system', id: 'casement' } });
    expect(shapeOf(system)).toMatchObject({ aiGenerated: false, userId: null, author: null });
    expect(shapeOf(wrote(noon))).toMatchObject({
      author: { __typename: 'Customer', id: daniel, name: 'Daniel Okafor' },
      userId: null,
      insideWindow: null,
      status: null,
    });
  });

  it('F20: shows what it cannot read whole, and [erased] where words have been erased', () => {
    const raw = { image: { id: '7' } };
    const content = (told: Personal<MessageContent>) =>
      shapeOf(wrote(noon, 'hello', { content: told })).content;
    expect(content({ kind: 'unsupported', type: 'image', raw })).toEqual({
      __typename: 'UnsupportedContent',
      type: 'image',
      raw,
    });
    expect(content(ERASED)).toEqual({ __typename: 'TextContent', text: '[erased]' });
    expect(content({ kind: 'text', text: 'Hi', extras: {} })).toEqual({
      __typename: 'TextContent',
      text: 'Hi',
    });
  });
});
