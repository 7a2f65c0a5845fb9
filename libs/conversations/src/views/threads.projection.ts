import { epochMs, type Projection } from '#kernel';
import type { ThreadAbsorbed } from '../domain/closing-events.js';
import { latest } from '../domain/bridge.js';
import type { Channel, ConversationEvent } from '../domain/events.js';
import { customerWrote, providerRefused, refusedByProvider } from '../domain/window.js';

export type ThreadRow = {
  readonly thread_id: string;
  readonly organisation_id: string;
  readonly number_id: string;
  readonly contact_id: string;
  readonly current_conversation_id: string | null;
  readonly last_customer_message_at: number | null;
  readonly refused_at: number | null;
  /** Revision of the fact that decides the window: what the customer did, or the refusal. */
  readonly decided_by_revision: number | null;
  readonly writer_revision: number;
  /** Where, and when by their time, the customer wrote last, or opened the portal. */
  readonly last_seen_channel: Channel | null;
  readonly last_seen_at: number | null;
  /** The newest bridge; null when there was none, or when it was not sent. */
  readonly bridge_id: string | null;
  readonly bridge_requested_at: number | null;
  readonly bridge_opened_at: number | null;
  /** Until then bridges of threads that were closed into this one stand in the way of another. */
  readonly bridge_blocked_until: number | null;
};

type Followed = Extract<
  ConversationEvent,
  {
    readonly type:
      | 'ConversationStarted'
      | 'ConversationEnded'
      | 'CustomerMessageReceived'
      | 'CustomerReactionReceived'
      | 'CustomerCallReceived'
      | 'CustomerMessageEdited'
      | 'CustomerMessageRevoked'
      | 'BusinessMessageEchoed'
      | 'MessageRequested'
      | 'WindowRefusedByProvider'
      | 'BridgeRequested'
      | 'BridgeNotSent'
      | 'PortalOpened'
      | 'PortalShut'
      | 'ThreadClosed'
      | 'ThreadAbsorbed';
  }
>;

/** What all conversations of a thread share: above all the two instants that decide the window. */
export const threadsProjection: Projection<Followed, ThreadRow> = {
  kind: 'projection',
  name: 'threads',
  version: 4,
  streams: ['conversation-'],
  types: [
    'ConversationStarted',
    'ConversationEnded',
    'CustomerMessageReceived',
    'CustomerReactionReceived',
    'CustomerCallReceived',
    'CustomerMessageEdited',
    'CustomerMessageRevoked',
    'BusinessMessageEchoed',
    'MessageRequested',
    'WindowRefusedByProvider',
    'BridgeRequested',
    'BridgeNotSent',
    'PortalOpened',
    'PortalShut',
    'ThreadClosed',
    'ThreadAbsorbed',
  ],
  table: {
    name: 'threads',
    columns: {
      thread_id: 'text',
      organisation_id: 'text',
      number_id: 'text',
      contact_id: 'text',
      current_conversation_id: 'text?',
      last_customer_message_at: 'integer?',
      refused_at: 'integer?',
      decided_by_revision: 'integer?',
      writer_revision: 'integer',
      last_seen_channel: 'text?',
      last_seen_at: 'integer?',
      bridge_id: 'text?',
      bridge_requested_at: 'integer?',
      bridge_opened_at: 'integer?',
      bridge_blocked_until: 'integer?',
    },
    key: 'thread_id',
    indexes: [['contact_id']],
  },
  keys: ({ stream }) => [stream.slice(stream.lastIndexOf('-') + 1)],
  project: (before, recorded, key) => {
    const { type, at, data, metadata, revision } = recorded;
    if (type === 'ConversationStarted') {
      const started = before ?? neverWritten(key, metadata.organisationId);
      return {
        ...counted(started),
        number_id: data.numberId,
        contact_id: data.contactId,
        current_conversation_id: data.conversationId,
      };
    }
    const row = before ?? neverWritten(key, metadata.organisationId);
    if (type === 'ThreadClosed') return { ...row, contact_id: data.contactId };
    if (type === 'ThreadAbsorbed') return absorbed(row, data, Number(revision));
    if (type === 'PortalShut') return { ...row, bridge_opened_at: null };
    if (type === 'ConversationEnded') return { ...counted(row), current_conversation_id: null };
    if (
      type === 'MessageRequested' ||
      type === 'CustomerMessageEdited' ||
      type === 'CustomerMessageRevoked' ||
      type === 'BusinessMessageEchoed'
    )
      return counted(row);
    if (type === 'CustomerReactionReceived' || type === 'CustomerCallReceived')
      return windowOpened(row, epochMs(data.sentAt), Number(revision));
    if (type === 'WindowRefusedByProvider') {
      const window = providerRefused(windowOf(row), epochMs(data.refusedMessageStartedAt));
      return { ...row, refused_at: window.refusedAtMs, decided_by_revision: Number(revision) };
    }
    if (type === 'BridgeRequested')
      return {
        ...row,
        bridge_id: data.messageId,
        bridge_requested_at: epochMs(at),
        bridge_opened_at: null,
      };
    if (type === 'BridgeNotSent')
      return row.bridge_id === data.messageId
        ? { ...row, bridge_id: null, bridge_requested_at: null, bridge_opened_at: null }
        : row;
    if (type === 'PortalOpened')
      return { ...seenAt(row, 'PORTAL', epochMs(at)), bridge_opened_at: epochMs(at) };
    const seen = seenAt(counted(row), data.channel, epochMs(data.sentAt));
    return data.opensWindow ? windowOpened(seen, epochMs(data.sentAt), Number(revision)) : seen;
  },
};

/** The window of a row, in the words of the domain. */
export const windowOf = (row: Pick<ThreadRow, 'last_customer_message_at' | 'refused_at'>) => ({
  lastCustomerMessageAtMs: row.last_customer_message_at,
  refusedAtMs: row.refused_at,
});

const neverWritten = (thread: string, organisation: string): ThreadRow => ({
  thread_id: thread,
  organisation_id: organisation,
  number_id: '',
  contact_id: '',
  current_conversation_id: null,
  last_customer_message_at: null,
  refused_at: null,
  decided_by_revision: null,
  writer_revision: 0,
  last_seen_channel: null,
  last_seen_at: null,
  bridge_id: null,
  bridge_requested_at: null,
  bridge_opened_at: null,
  bridge_blocked_until: null,
});

const counted = (row: ThreadRow): ThreadRow => ({
  ...row,
  writer_revision: row.writer_revision + 1,
});

const seenAt = (row: ThreadRow, channel: Channel, atMs: number): ThreadRow =>
  (row.last_seen_at ?? -1) > atMs
    ? row
    : { ...row, last_seen_channel: channel, last_seen_at: atMs };

/** What the customer did decides the window if it is the latest, and no refusal stands against it. */
const windowOpened = (row: ThreadRow, sentAtMs: number, revision: number): ThreadRow => {
  const window = customerWrote(windowOf(row), sentAtMs);
  const isLatest = sentAtMs > (row.last_customer_message_at ?? -1);
  return {
    ...row,
    last_customer_message_at: window.lastCustomerMessageAtMs,
    decided_by_revision:
      isLatest && !refusedByProvider(window) ? revision : row.decided_by_revision,
  };
};

/** A refusal or a customer's word that came with the closed thread decides the window if it is news. */
const absorbed = (row: ThreadRow, data: ThreadAbsorbed['data'], revision: number): ThreadRow => {
  const { lastCustomerMessageAt: wrote, refusedMessageStartedAt: refusedAt, lastSeen } = data;
  const seen = lastSeen ? seenAt(row, lastSeen.channel, epochMs(lastSeen.at)) : row;
  const opened = wrote ? windowOpened(seen, epochMs(wrote), revision) : seen;
  const untilMs = data.bridgeBlockedUntil && epochMs(data.bridgeBlockedUntil);
  const blocked = {
    ...opened,
    bridge_blocked_until: latest(opened.bridge_blocked_until, untilMs),
  };
  if (refusedAt === null || epochMs(refusedAt) <= (row.refused_at ?? 0)) return blocked;
  const window = providerRefused(windowOf(blocked), epochMs(refusedAt));
  return { ...blocked, refused_at: window.refusedAtMs, decided_by_revision: revision };
};
