import { describe, expect, it } from '@jest/globals';
import { Map } from 'immutable';
import { epochMs, instant } from '#kernel';
import type { Principal } from '#access';
import { organisationDecider } from '#organisations';
import { nothingRead } from '../spec/reads.js';
import { acme, after, daniel, dayMs, first, noon, number, thread } from '../spec/people.js';
import type { InboxRow } from '../views/conversation-queries.js';
import { conversationShape } from './conversation-shape.js';

const row: InboxRow = {
  conversation_id: first,
  organisation_id: acme,
  thread_id: thread,
  window_thread_id: thread,
  number_id: number,
  contact_id: daniel,
  lifecycle: 'ACTIVE',
  status: 'OPEN',
  started_at: epochMs(noon),
  ended_at: null,
  unread_count: 1,
  last_message_id: null,
  last_activity_at: epochMs(noon),
  needs_attention: 0,
  current_conversation_id: first,
  last_customer_message_at: epochMs(noon),
  refused_at: null,
  decided_by_revision: 1,
  writer_revision: 2,
  profile_name: 'Daniel Okafor',
  wa_id: '447700900281',
  phone: '+447700900281',
  sms_opted_out: 0,
  sms_unreachable: 0,
  last_seen_channel: 'WHATSAPP',
  last_seen_at: epochMs(noon),
  bridge_id: null,
  bridge_requested_at: null,
  bridge_opened_at: null,
  bridge_blocked_until: null,
};
const principal: Principal = {
  kind: 'staff',
  id: 'ann',
  organisationId: acme,
  capabilities: new Set(['messages.view', 'messages.send']),
  name: 'Ann',
};
const connected = {
  numberId: number,
  phoneNumberId: '1070',
  businessAccountId: '2080',
  displayPhoneNumber: '+44 7700 900123',
};
const shapeAt = (ms: number, told: Partial<InboxRow> = {}, who = principal) =>
  conversationShape({ ...row, ...told }, null, {
    organisation: {
      ...organisationDecider.initial,
      name: 'AcmeMotors',
      numbers: Map([[number, connected]]),
      smsNumbers: Map([[number, '+447700900800']]),
    },
    isSmsOn: true,
    principal: who,
    nowMs: epochMs(after(ms)),
    position: null,
    reads: nothingRead,
  });
const never = { last_customer_message_at: null, decided_by_revision: null };

describe('a conversation as clients see it', () => {
  it('R022, R029: shows its window at a glance: status, closing time, the customer’s last message', () => {
    const { window } = shapeAt(dayMs - 1);
    expect(window).toMatchObject({ status: 'OPEN', lastCustomerMessageAt: epochMs(noon) });
    expect(instant(window.closesAt ?? 0)).toBe(after(dayMs));
    expect(shapeAt(dayMs).window.status).toBe('EXPIRED');
    expect(shapeAt(0, never).window).toMatchObject({
      status: 'NEVER_OPENED',
      openedAt: null,
      closesAt: null,
      lastCustomerMessageAt: null,
    });
  });

  it('R015, R029: names the fact that decides the window, in its stream', () => {
    const refused = { refused_at: epochMs(after(1)), decided_by_revision: 5 };
    expect(shapeAt(2, refused).window).toMatchObject({
      status: 'EXPIRED',
      decidedByRevision: 5,
      stream: 'conversation-acme-thread1',
    });
  });

  it('shows contact and number as people know them', () => {
    expect(shapeAt(0).contact).toEqual({
      id: daniel,
      name: 'Daniel Okafor',
      phone: '+447700900281',
    });
    expect(shapeAt(0, { wa_id: null, phone: null }).contact.phone).toBeNull();
    expect(shapeAt(0, { wa_id: null }).contact.phone).toBe('+447700900281');
    expect(shapeAt(0).number).toMatchObject({ id: number, displayPhoneNumber: '+44 7700 900123' });
    expect(shapeAt(0, { number_id: 'gone' }).number).toBeNull();
  });
});

describe('the composer', () => {
  it('R010: takes words as long as the window is open', () => {
    expect(shapeAt(dayMs - 1).composer).toMatchObject({
      mode: 'FREE_FORM',
      channel: 'WHATSAPP',
      reason: null,
      code: null,
    });
  });

  it('R028: says "Window expired" from the first closed millisecond, and takes templates', () => {
    expect(shapeAt(dayMs).composer).toMatchObject({
      mode: 'TEMPLATE_ONLY',
      reason: 'Window expired',
      code: 'WINDOW_EXPIRED',
    });
  });

  it('R014, R016: asks for a template where the customer has never written', () => {
    expect(shapeAt(0, never).composer).toMatchObject({
      mode: 'TEMPLATE_ONLY',
      reason: 'A template message is required outside the 24-hour messaging window.',
    });
  });

  it('R132: takes nothing in a conversation that has ended, though the window is open', () => {
    expect(shapeAt(1, { lifecycle: 'ENDED' }).composer).toMatchObject({
      mode: 'DISABLED',
      code: 'CONVERSATION_ENDED',
    });
  });

  it('R152: takes nothing of somebody who may not send', () => {
    const reader = { ...principal, capabilities: new Set(['messages.view']) };
    expect(shapeAt(1, {}, reader).composer).toMatchObject({
      mode: 'DISABLED',
      code: 'CAPABILITY_MISSING',
      reason: expect.stringContaining('messages.send'),
    });
  });

  it('R100, R160: the composer says where a reply would go, and lets it be written', () => {
    const bySms = { last_seen_channel: 'SMS' as const, last_seen_at: epochMs(noon) };
    expect(shapeAt(dayMs - 1, bySms).composer).toMatchObject({ channel: 'WHATSAPP' });
    const later = { ...bySms, last_seen_at: epochMs(after(dayMs)) };
    expect(shapeAt(dayMs, later).composer).toMatchObject({ mode: 'FREE_FORM', channel: 'SMS' });
    const unreachable = { ...later, sms_unreachable: 1 as const };
    expect(shapeAt(dayMs, unreachable).composer).toMatchObject({ mode: 'TEMPLATE_ONLY' });
    const optedOut = { ...later, sms_opted_out: 1 as const };
    expect(shapeAt(dayMs, optedOut).composer).toMatchObject({ mode: 'TEMPLATE_ONLY' });
    const inPortal = {
      last_seen_channel: 'PORTAL' as const,
      last_seen_at: epochMs(after(dayMs)),
      bridge_id: 'bridge1',
      bridge_requested_at: epochMs(after(dayMs)),
      bridge_opened_at: epochMs(after(dayMs)),
    };
    const { composer } = shapeAt(dayMs + 1, inPortal);
    expect(composer).toMatchObject({ mode: 'FREE_FORM', channel: 'PORTAL', reason: null });
  });
});
