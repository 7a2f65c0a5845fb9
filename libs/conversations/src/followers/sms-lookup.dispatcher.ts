import { epochMs, instant, type Dispatcher, type Instant, type Recorded } from '#kernel';
import type { ListedSms, SmsRequest, SmsSender } from '#channels/sms';
import { inTime } from '#engine';
import type { ConversationCommand } from '../domain/conversation.js';
import { conversationDecider } from '../domain/conversation.js';
import type { SmsLookupDue } from '../domain/events.js';
import type { Thread } from '../domain/thread.js';
import { threadOf } from './addressed.js';
import { smsRequest, type SmsAddressees } from './sms-request.js';
import { systemContext } from './system-context.js';
import { callStartsWithinMs, callTimeoutMs, type ThreadDispatch } from './thread-dispatcher.js';

/**
 * The list is read from a day before the attempt on: what is looked for is told apart by its words,
 * not by its time, and the provider's clock is not ours.
 */
const listedBeforeMs = 24 * 60 * 60 * 1_000;

export type SmsLookup = ThreadDispatch & {
  readonly sender: SmsSender;
  readonly addressees: SmsAddressees;
  /** The wall's time (epoch ms): a clock that was moved is not the provider's. */
  readonly wallMs: () => number;
};

const name = 'sms-lookup-dispatcher';

/**
 * Looks for an SMS whose outcome is unknown in the provider's list, by its words: a bridge has a code
 * in it that no other message has.
 */
export const smsLookupDispatcher = (ports: SmsLookup): Dispatcher<SmsLookupDue> => ({
  kind: 'dispatcher',
  name,
  streams: ['conversation-'],
  types: ['SmsLookupDue'],
  key: ({ stream }) => stream,
  dispatch: async (recorded, signal) => {
    const { data, metadata } = recorded;
    const { organisationId } = metadata;
    const id = threadOf(recorded);
    const { state } = await ports.decisions.load(conversationDecider, id, { fresh: false });
    const asked = await smsRequest(ports.addressees, {
      organisationId,
      thread: state,
      dispatch: data,
    });
    const startedAt = state.outbound.get(data.messageId)?.delivery.startedAt;
    if (asked.kind === 'impossible' || !startedAt) return;
    const listing = await list(ports, asked.request, startedAt, signal);
    if (listing.kind !== 'listed') return;
    const found = await matching(ports, recorded, state, asked.request.text, listing.messages);
    if (found) await decide(ports, recorded, state, (at) => ({ at, ...found }));
    else if (listing.complete) {
      const { messageId, attempt, lookup } = data;
      const type = 'RecordSmsAbsence' as const;
      await decide(ports, recorded, state, (at) => ({ type, at, messageId, attempt, lookup }));
    }
  },
});

const list = (
  { sender, timer, wallMs }: SmsLookup,
  { from, to }: SmsRequest,
  startedAt: Instant,
  signal: AbortSignal,
) => {
  const sentAfter = instant(Math.min(epochMs(startedAt), wallMs()) - listedBeforeMs);
  const startBeforeMs = timer.monotonicMs() + callStartsWithinMs;
  const limit = { timer, withinMs: callStartsWithinMs + callTimeoutMs, signal };
  return inTime(limit, (signal) => sender.list({ from, to, sentAfter }, { startBeforeMs, signal }));
};

/** The newest with these words that is not another's; what was found is written down as taken. */
const matching = async (
  { addressees, bridgeTerms }: SmsLookup,
  recorded: Recorded<SmsLookupDue>,
  thread: Thread,
  text: string,
  listed: readonly ListedSms[],
): Promise<Omit<Extract<ConversationCommand, { type: 'RecordDispatchOutcome' }>, 'at'> | null> => {
  const { organisationId } = recorded.metadata;
  const { messageId, attempt } = recorded.data;
  for (const { sid, direction, text: words, segments } of listed) {
    if (direction !== 'outbound' || words !== text) continue;
    const fingerprint = await addressees.fingerprint(organisationId, sid);
    if (isTaken(thread, fingerprint, recorded.data)) continue;
    const read = await bridgeTerms.ofThread(organisationId, threadOf(recorded));
    if (!read) return null;
    const { terms } = read;
    const outcome = { kind: 'accepted', fingerprint, providerMessageId: sid, segments } as const;
    return { type: 'RecordDispatchOutcome', messageId, attempt, outcome, terms };
  }
  return null;
};

/**
 * Whether a listed SMS is known to be another message, or an earlier attempt of one that somebody had
 * sent again: that attempt's receipts say nothing of this one, and no third will be sent by itself.
 */
const isTaken = (
  { accepted, outbound }: Thread,
  fingerprint: string,
  { messageId, attempt }: SmsLookupDue['data'],
): boolean => {
  const owner = accepted.get(fingerprint);
  if (owner?.messageId !== messageId) return owner !== undefined;
  return owner.attempt !== attempt && outbound.get(messageId)?.delivery.isResent === true;
};

const decide = (
  { decisions, chance, clock }: SmsLookup,
  recorded: Recorded<SmsLookupDue>,
  { contactId }: Thread,
  wish: (at: Instant) => ConversationCommand,
) => {
  const at = instant(clock.now());
  return decisions.run(conversationDecider, threadOf(recorded), wish(at), {
    ...systemContext(recorded, { name, at, uuid: chance.uuid() }),
    subject: contactId,
  });
};
