import { randomUUID } from 'node:crypto';
import type { Casement, TokenName } from './casement.js';
import { eventually } from './eventually.js';
import type { Conversation as Shape, Failure, LoggedEvent, Message, Refusal } from './shapes.js';
import type { Subscriber } from './subscriber.js';
import { Talk } from './talk.js';

/** The sentence for a free-form message outside the window. */
export const windowSentence =
  'A template message is required outside the 24-hour messaging window.';

/** A message with what a bridge, and an SMS, is told by. */
export type Told = Message & {
  readonly channel: 'WHATSAPP' | 'SMS' | 'PORTAL';
  readonly notificationType: string | null;
  readonly aiGenerated: boolean;
  readonly author: object | null;
};

export type Eligibility = {
  readonly eligible: boolean;
  readonly reason: string | null;
  readonly message: string | null;
  readonly nextAllowedAt: string | null;
};

export type Attempt = {
  readonly refusal: (Refusal & { readonly bridge?: Eligibility | null }) | null;
  readonly message: Told | null;
  readonly bridge: Told | null;
};

export type Thread = {
  readonly id: string;
  readonly revision: number;
  readonly contact: { readonly id: string; readonly phone: string | null };
  readonly window: Pick<Shape['window'], 'status' | 'closesAt'>;
  readonly composer: Shape['composer'] & { readonly channel: Told['channel'] };
  readonly bridgeEligibility: Eligibility;
  readonly messages: { readonly nodes: readonly Told[] };
};

export type Fact = {
  readonly conversationChanged: {
    readonly event: LoggedEvent & { readonly data: { readonly [name: string]: unknown } };
    readonly message: Told | null;
  };
};

const eligibility = 'eligible reason message nextAllowedAt';
const message = `id direction channel kind billingClass sentAt receivedAt status insideWindow
  notificationType aiGenerated userId author { __typename }
  content { ... on TextContent { text } ... on UnsupportedContent { type } }
  statusTimes { status at }
  failure { reason message providerCode providerMessage retryable }`;
const thread = `id revision contact { id phone } window { status closesAt }
  composer { mode channel reason code } bridgeEligibility { ${eligibility} }
  messages(last: 50) { nodes { ${message} } }`;

const documents = {
  thread: `query($id: ID!) { conversation(id: $id) { ${thread} } }`,
  named: `query($search: String!) { conversations(first: 2, filter: { search: $search }) {
    nodes { id } } }`,
  send: `mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    refusal { __typename code message
      ... on WindowExpiredRefusal { closedAt lastCustomerMessageAt bridge { ${eligibility} } } }
    message { ${message} } bridge { ${message} } } }`,
  settings: `mutation($input: UpdateOrganisationSettingsInput!) {
    updateOrganisationSettings(input: $input) { refusal { code message } } }`,
  facts: `subscription($id: ID!, $after: Cursor) { conversationChanged(id: $id, after: $after) {
    event { id type stream revision occurredAt data } message { ${message} }
    conversation { id contact { id phone } lastMessage { ${message} } } } }`,
} as const;

/** What is done and seen of bridges and SMS, with the waiting that belongs to it. */
export class Bridging {
  readonly talk: Talk;

  constructor(
    private readonly casement: Casement,
    private readonly as: TokenName = 'agent',
  ) {
    this.talk = new Talk(casement, as);
  }

  /** Customers write on WhatsApp, and their windows close; the ids of their conversations. */
  async closedWith(...phones: readonly string[]): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const phone of phones) ids.push((await this.talk.customerWrites(phone, 'Hello')).id);
    await this.casement.simulator.moves({ advance: 'PT24H' });
    return ids;
  }

  async closedWithOne(phone: string): Promise<string> {
    const [id = ''] = await this.closedWith(phone);
    return id;
  }

  /** A member asks for a free-form message. */
  async tries(
    conversationId: string,
    text = 'Your car is ready.',
    more: { readonly [name: string]: unknown } = {},
  ): Promise<Attempt> {
    const input = { conversationId, text, idempotencyKey: randomUUID(), ...more };
    const sent = await this.casement.gql<{ sendMessage: Attempt }>(this.as, documents.send, {
      input,
    });
    return sent.sendMessage;
  }

  async thread(id: string): Promise<Thread> {
    const found = await this.casement.gql<{ conversation: Thread | null }>(
      this.as,
      documents.thread,
      { id },
    );
    if (found.conversation === null) throw new Error(`there is no conversation ${id}`);
    return found.conversation;
  }

  /** The one conversation that a search finds, once there is one. */
  found(search: string): Promise<Thread> {
    return eventually(`a conversation that is found by ${search}`, async () => {
      const { conversations } = await this.casement.gql<{
        conversations: { readonly nodes: readonly { readonly id: string }[] };
      }>(this.as, documents.named, { search });
      const [only, another] = conversations.nodes;
      if (another) throw new Error(`${search} finds several`);
      return only && this.thread(only.id);
    });
  }

  async messages(id: string): Promise<readonly Told[]> {
    return (await this.thread(id)).messages.nodes;
  }

  async bridges(id: string): Promise<readonly Told[]> {
    return (await this.messages(id)).filter((each) => each.notificationType === 'bridge');
  }

  /** A message once it is as it should be. */
  messageThat(
    what: string,
    conversationId: string,
    messageId: string | undefined,
    fits: (message: Told) => boolean,
  ): Promise<Told> {
    return eventually(what, async () => {
      const found = (await this.messages(conversationId)).find(({ id }) => id === messageId);
      if (found && !fits(found)) throw new Error(`it is ${JSON.stringify(found)}`);
      return found;
    });
  }

  /** The message with these words, once the thread shows it. */
  messageSaying(text: string, conversationId: string): Promise<Told> {
    return eventually(`a message that says ${text}`, async () => {
      return (await this.messages(conversationId)).find(({ content }) => content.text === text);
    });
  }

  messageThatIs(
    status: string,
    conversationId: string,
    messageId: string | undefined,
  ): Promise<Told> {
    return this.messageThat(
      `a message that is ${status}`,
      conversationId,
      messageId,
      (each) => each.status === status,
    );
  }

  /** A failed attempt once it has failed for this reason. */
  failedFor(reason: string, conversationId: string, messageId: string | undefined): Promise<Told> {
    return this.messageThat(
      `a message that failed with ${reason}`,
      conversationId,
      messageId,
      ({ failure }) => failure?.reason === reason,
    );
  }

  /** Changes what the organisation wants; by the manager, who alone may. */
  async wants(input: { readonly [name: string]: unknown }): Promise<void> {
    const { updateOrganisationSettings: told } = await this.casement.gql<{
      updateOrganisationSettings: { readonly refusal: object | null };
    }>('manager', documents.settings, { input });
    if (told.refusal !== null) throw new Error(JSON.stringify(told.refusal));
  }

  /** Every fact of a conversation from here on, or after a place of the log. */
  facts(id: string, after: string): Subscriber<Fact> {
    return this.casement.subscribe<Fact>(this.as, documents.facts, { id, after });
  }

  /** The first fact of a type after a place of the log, once it stands there. */
  async fact(type: string, id: string, after: string): Promise<Fact['conversationChanged']> {
    const facts = this.facts(id, after);
    const told = await facts.until(`a ${type}`, ({ conversationChanged: { event } }) => {
      return event.type === type;
    });
    await facts.close();
    return told.conversationChanged;
  }

  /** The SMS that Twilio's double accepted for a customer, once there are so many. */
  smsTo(phone: string, count = 1) {
    return eventually(`${count} SMS to ${phone}`, async () => {
      const accepted = await this.casement.simulator.smsOutbox(phone);
      return accepted.length >= count && accepted;
    });
  }
}

/** A failed attempt's reason. */
export const reasonOf = ({ message }: Attempt): Failure['reason'] | undefined =>
  message?.failure?.reason;

/** Each reason with how often it was given. */
export const counted = (attempts: readonly Attempt[]): { readonly [reason: string]: number } => {
  const counts: { [reason: string]: number } = {};
  for (const attempt of attempts) {
    const reason = reasonOf(attempt) ?? 'none';
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
};
