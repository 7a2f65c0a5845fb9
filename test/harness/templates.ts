import { randomUUID } from 'node:crypto';
import type { Casement, TokenName } from './casement.js';
import type { Conversation, Message, Refusal } from './shapes.js';

export type Template = {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly body: string;
  readonly variables: readonly { readonly name: string }[];
};

export type SentTemplate = {
  readonly position: string | null;
  readonly refusal: Refusal | null;
  readonly bridge: object | null;
  readonly message:
    (Message & { readonly channel: string; readonly content: { readonly body: string } }) | null;
};

type Picked = Pick<Conversation, 'window' | 'composer'> & {
  readonly composer: {
    readonly templates: {
      readonly emptyReason: string | null;
      readonly templates: readonly Template[];
    } | null;
  };
};

const template = 'id name status body variables { name }';
const filled = '... on TemplateContent { templateId name language body variables { name value } }';

export const templateDocuments = {
  list: `query($first: Int, $after: Cursor) { templates(first: $first, after: $after) {
    nodes { ${template} language category rejectionReason version
      approvals { channel { id } status reason at } }
    pageInfo { hasNextPage endCursor } } }`,
  picker: `query($id: ID!) { conversation(id: $id) { window { status }
    composer { mode reason code templates { emptyReason templates { ${template} } } } } }`,
  send: `mutation($input: SendTemplateInput!) { sendTemplate(input: $input) {
    position bridge { id }
    refusal { __typename code message
      ... on TemplateVariableRefusal { missing unknown }
      ... on ConversationEndedRefusal { currentConversationId }
      ... on InvalidContentRefusal { field limit actual } }
    message { id direction channel kind billingClass insideWindow status
      content { ${filled} } } } }`,
  contents: `query($id: ID!) { conversation(id: $id) { messages(last: 20) { nodes {
    id kind billingClass insideWindow status content { __typename ${filled} } } } } }`,
} as const;

/** The template of the demo that WhatsApp has approved, and what goes into it. */
export const reminder = 'acmereminder';
export const forAda = [
  { name: 'customer_name', value: 'Ada' },
  { name: 'appointment_time', value: 'five' },
];
export const reminderForAda =
  'Hello Ada, your car is booked in for five tomorrow. ' +
  'Answer here to change it, or STOP to hear no more of it.';

/** What is done and seen of templates. */
export class Templates {
  constructor(
    private readonly casement: Casement,
    private readonly as: TokenName = 'agent',
  ) {}

  async list(): Promise<readonly Template[]> {
    const { templates } = await this.casement.gql<{
      templates: { readonly nodes: readonly Template[] };
    }>(this.as, templateDocuments.list);
    return templates.nodes;
  }

  async sends(
    conversationId: string,
    more: { readonly [name: string]: unknown } = {},
  ): Promise<SentTemplate> {
    const key = { idempotencyKey: randomUUID() };
    const input = { conversationId, templateId: reminder, variables: forAda, ...key, ...more };
    const { sendTemplate } = await this.casement.gql<{ sendTemplate: SentTemplate }>(
      this.as,
      templateDocuments.send,
      { input },
    );
    return sendTemplate;
  }

  /** Sends what must be accepted, and resolves with the message. */
  async sendsWell(
    conversationId: string,
    more = {},
  ): Promise<NonNullable<SentTemplate['message']>> {
    const { message, refusal } = await this.sends(conversationId, more);
    if (message === null || refusal !== null) throw new Error(JSON.stringify(refusal));
    return message;
  }

  async picker(id: string): Promise<Picked> {
    const { conversation } = await this.casement.gql<{ conversation: Picked }>(
      this.as,
      templateDocuments.picker,
      { id },
    );
    return conversation;
  }
}
