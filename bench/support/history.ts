import { randomUUID } from 'node:crypto';
import {
  commandId,
  contactId,
  conversationId,
  eventId,
  instant,
  isRejection,
  messageId,
  numberId,
  organisationId,
  threadId,
  type Decider,
  type DomainEvent,
  type Instant,
  type NumberId,
  type OrganisationId,
  type Rejection,
} from '#kernel';
import { contactDecider, type ContactCommand } from '#contacts';
import type { ConversationCommand } from '#conversations';
import { conversationDecider } from '#conversations/spec';
import type { EventLog, FactToRecord } from '#event-store';
import { concurrently } from './concurrently.js';

/** How many facts the history of one customer has. */
export const factsOfCustomer = 20;

/** Whose history it is. */
export type Business = { readonly organisation: OrganisationId; readonly number: NumberId };

const acme: Business = { organisation: organisationId('acme'), number: numberId('number1') };
const beganAtMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const allAtOnce = 512;

const terms = {
  policy: 'REQUIRE_TEMPLATE',
  hasPhone: true,
  hasConsent: true,
  hasNumber: true,
  bridgeId: messageId('bridge'),
  text: '',
} as const;

const meet = (number: NumberId, customer: number, at: Instant): ContactCommand => ({
  type: 'MeetContact',
  at,
  contactId: contactId(`contact${customer}`),
  profileName: `Customer ${customer}`,
  threadId: threadId(`thread${customer}`),
  numberId: number,
  toldAt: at,
  addresses: [{ kind: 'wa_id', address: `4477${String(customer).padStart(8, '0')}` }],
});

const writes = (
  number: NumberId,
  customer: number,
  name: string,
  at: Instant,
): ConversationCommand => ({
  type: 'ReceiveCustomerMessage',
  at,
  threadId: threadId(`thread${customer}`),
  numberId: number,
  contactId: contactId(`contact${customer}`),
  messageId: messageId(`${customer}-${name}`),
  channel: 'WHATSAPP',
  fingerprint: `print-${customer}-${name}`,
  providerMessageId: `wamid.${customer}-${name}`,
  content: { kind: 'text', text: 'Is my car ready? I could come by at five.', extras: {} },
  quotedFingerprint: null,
  claimedAt: at,
  receivedAt: at,
  opensWindow: true,
});

/** An answer from its request to the receipt that it has been read. */
const answered = (
  customer: number,
  name: string,
  at: (step: number) => Instant,
): readonly ConversationCommand[] => {
  const message = messageId(`${customer}-${name}`);
  const print = `print-${customer}-${name}`;
  const receipt = (kind: 'SENT' | 'DELIVERED' | 'READ', step: number): ConversationCommand => ({
    type: 'RecordReceipt',
    at: at(step),
    attempt: { messageId: message, number: 1 },
    fingerprint: print,
    receipt: kind,
    receiptAt: at(step),
    failed: null,
    pricing: null,
  });
  return [
    {
      type: 'RequestMessage',
      at: at(0),
      conversationId: conversationId(threadId(`thread${customer}`), 1),
      messageId: message,
      channel: null,
      content: { kind: 'text', text: 'It is. See you at five.', extras: {} },
      quotedMessageId: null,
      author: { kind: 'staff', id: 'ann' },
      requestKey: `key-${name}`,
      requestDigest: `digest-${name}`,
      expectedRevision: null,
      terms,
    },
    {
      type: 'StartNextDispatch',
      at: at(1),
      channel: 'WHATSAPP',
      dispatchId: randomUUID(),
      terms,
      templates: new Map(),
    },
    {
      type: 'RecordDispatchOutcome',
      at: at(2),
      messageId: message,
      attempt: 1,
      terms,
      outcome: {
        kind: 'accepted',
        fingerprint: print,
        providerMessageId: `wamid.${print}`,
        segments: null,
      },
    },
    receipt('SENT', 3),
    receipt('DELIVERED', 4),
    receipt('READ', 5),
  ];
};

/** What happens between one customer and the business, in parts that are appended one by one. */
const talk = (number: NumberId, customer: number) => {
  const at = (minute: number): Instant => instant(beganAtMs + (customer + minute) * minuteMs);
  const conversation: readonly (readonly ConversationCommand[])[] = [
    [writes(number, customer, 'hello', at(0))],
    answered(customer, 'first', (step) => at(1 + step)),
    [writes(number, customer, 'again', at(10)), writes(number, customer, 'more', at(11))],
    answered(customer, 'second', (step) => at(12 + step)),
  ];
  return { meeting: meet(number, customer, at(0)), conversation };
};

const recorded = (
  organisation: OrganisationId,
  customer: number,
  event: DomainEvent,
): FactToRecord => {
  const id = commandId(randomUUID());
  return {
    ...event,
    id: eventId(randomUUID()),
    metadata: {
      organisationId: organisation,
      recordedAt: event.at,
      actor: { kind: 'system', id: 'bench' },
      capability: null,
      commandId: id,
      correlationId: id,
      causationId: null,
      subject: `contact-contact${customer}`,
      basis: [],
    },
  };
};

/** Decides all commands in turn; throws when one is refused. */
const decided = <State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event, Rejection>,
  state: State,
  commands: readonly Command[],
): { readonly state: State; readonly events: readonly Event[] } => {
  const events: Event[] = [];
  let next = state;
  for (const command of commands) {
    const decision = decider.decide(next, command);
    if (isRejection(decision)) throw new Error(`refused: ${JSON.stringify(decision)}`);
    next = decision.reduce(decider.evolve, next);
    events.push(...decision);
  }
  return { state: next, events };
};

/** Resolves with the number of facts. */
const appendTalk = async (
  log: EventLog,
  { organisation, number }: Business,
  customer: number,
): Promise<number> => {
  let count = 0;
  const { meeting, conversation } = talk(number, customer);
  const append = async (stream: string, events: readonly DomainEvent[]): Promise<void> => {
    const facts = events.map((event) => recorded(organisation, customer, event));
    await log.append(stream, 'any', facts);
    count += facts.length;
  };
  const met = decided(contactDecider, contactDecider.initial, [meeting]);
  await append(`contact-${organisation}-contact${customer}`, met.events);
  let { initial: thread } = conversationDecider;
  for (const commands of conversation) {
    const { state, events } = decided(conversationDecider, thread, commands);
    thread = state;
    await append(`conversation-${organisation}-thread${customer}`, events);
  }
  return count;
};

/**
 * Writes what really happens in a business, decided by its deciders: customers who write and are
 * answered, many at once (`writers`), so that their facts lie mixed on the log. Resolves with how many
 * facts.
 */
export const writeHistory = async (
  log: EventLog,
  facts: number,
  { writers = allAtOnce, ...business }: Business & { readonly writers?: number } = acme,
): Promise<number> => {
  const customers = Math.max(1, Math.round(facts / factsOfCustomer));
  const counts: number[] = [];
  await concurrently(customers, writers, async (customer) => {
    counts.push(await appendTalk(log, business, customer));
  });
  return counts.reduce((sum, count) => sum + count, 0);
};
