import { messageId, templateId, type ConversationId } from '#kernel';
import type { MessageRow } from '#conversations/spec';
import { acmeMotors, tom } from '../business.js';
import type { Durable } from '../durable.js';
import type { Engine } from '../engine.js';
import type { Machine } from '../machine/machine.js';
import type { Random } from '../machine/random.js';
import type { Ledger } from '../providers/ledger.js';

type Answer = 'accepted' | 'refused';

/** A message that somebody wanted to send. */
export type Wish = {
  readonly key: string;
  /** What the client was told; null when it was never answered. */
  answer: Answer | null;
};

const answerWithinMs = 10_000;
const triesMax = 40;

/** People at the business: they write, read, end and settle; a client that is not answered asks again. */
export class Staff {
  readonly wishes: Wish[] = [];
  /** Mutations that wait for an answer. */
  underWay = 0;
  #keys = 0;

  constructor(
    private readonly machine: Machine,
    private readonly random: Random,
    private readonly engines: () => readonly Engine[],
    private readonly ledger: Ledger,
    private readonly durable: Durable,
  ) {}

  /** Writes to some customer, or sends a template. */
  writes(): void {
    const conversation = this.#anyConversation();
    if (!conversation) return;
    const wish: Wish = { key: this.#key(), answer: null };
    this.wishes.push(wish);
    const answered = (answer: Answer): void => {
      wish.answer = answer;
    };
    const isTemplate = this.random.happens(0.15);
    const command = isTemplate ? templateOf(wish) : messageOf(wish, this.random);
    this.#ask(`writes ${wish.key}`, answered, async (engine) => {
      const { requests } = engine.commands;
      const place = await requests.place(tom, conversation);
      if (!place) return 'refused';
      const { basis, ...told } = await command(engine, place);
      const { conversationId } = place;
      const request = {
        at: requests.now(),
        conversationId,
        messageId: requests.newMessageId(),
        author: { kind: 'staff' as const, id: tom.id },
        requestKey: wish.key,
        ...told,
      };
      const { kind } = await requests.decide(tom, 'messages.send', place, request, basis);
      return kind === 'accepted' ? 'accepted' : 'refused';
    });
  }

  /** Says of some message that was not confirmed what became of it, or has it sent again. */
  settles(): void {
    const rows = [...this.durable.views.rowsOf('messages').values()] as unknown as MessageRow[];
    const row = rows.find(({ status }) => status === 'NOT_CONFIRMED');
    if (!row) return;
    const outcome = this.random.oneOf('ARRIVED' as const, 'SEND_AGAIN' as const);
    const key = this.#key();
    const id = messageId(row.message_id);
    this.#decides(`settles ${row.message_id} as ${outcome}`, row.conversation_id, (at) => ({
      type: 'ResolveUnconfirmed',
      at,
      messageId: id,
      outcome,
      requestKey: key,
      requestDigest: key,
    }));
  }

  reads(): void {
    const conversation = this.#anyConversation();
    if (!conversation) return;
    this.#decides(`reads ${conversation}`, conversation, (at, conversationId) => ({
      type: 'MarkRead',
      at,
      conversationId,
    }));
  }

  ends(): void {
    const conversation = this.#anyConversation();
    if (!conversation) return;
    this.#decides(`ends ${conversation}`, conversation, (at, conversationId) => ({
      type: 'EndConversation',
      at,
      conversationId,
      expectedRevision: null,
    }));
  }

  #decides(
    what: string,
    conversation: string,
    command: (
      at: ReturnType<Engine['commands']['requests']['now']>,
      conversationId: ConversationId,
    ) => Parameters<Engine['commands']['requests']['decide']>[3],
  ): void {
    const nobodyCares = (): void => undefined;
    this.#ask(what, nobodyCares, async (engine) => {
      const { requests } = engine.commands;
      const place = await requests.place(tom, conversation);
      if (!place) return 'refused';
      const wish = command(requests.now(), place.conversationId);
      const { kind } = await requests.decide(tom, 'messages.send', place, wish);
      return kind === 'accepted' ? 'accepted' : 'refused';
    });
  }

  /** Asks until it is answered; a client that was answered nothing asks with the same key. */
  #ask(
    what: string,
    answered: (answer: Answer) => void,
    ask: (engine: Engine) => Promise<Answer>,
  ): void {
    const givesUpAfter = this.machine.fails(0.05) ? 1 : triesMax;
    const attempt = (tries: number): void => {
      let isOver = false;
      const over = (answer: Answer | null): void => {
        if (isOver) return;
        isOver = true;
        this.machine.note('staff', `${what}: ${answer ?? 'no answer'}`);
        if (answer !== null) answered(answer);
        if (answer !== null || tries >= givesUpAfter) this.underWay -= 1;
        else this.machine.later(this.#patienceMs(tries), () => attempt(tries + 1));
      };
      const engines = this.engines();
      const engine = engines[this.random.below(engines.length)];
      if (!engine) return over(null);
      this.machine.later(answerWithinMs, () => over(null));
      ask(engine).then(
        (answer) => this.machine.later(this.random.between(1, 40), () => over(answer)),
        () => over(null),
      );
    };
    this.underWay += 1;
    attempt(1);
  }

  #patienceMs(tries: number): number {
    return Math.min(100 * 2 ** tries, 10_000) * this.random.between(0.5, 1);
  }

  /** Mostly one that goes on; sometimes one that is over. */
  #anyConversation(): string | undefined {
    const { conversations } = this.ledger;
    const newest = new Map(conversations.map((id) => [id.split('.')[0], id]));
    const some = this.random.happens(0.9) ? [...newest.values()] : conversations;
    return some[this.random.below(some.length)];
  }

  #key(): string {
    this.#keys += 1;
    return `key-${this.#keys}`;
  }
}

type Place = NonNullable<Awaited<ReturnType<Engine['commands']['requests']['place']>>>;

/** Words of their own, with what is read for them anew each time that they are asked for. */
const messageOf = ({ key }: Wish, random: Random) => {
  const channel = random.oneOf(null, null, null, null, 'WHATSAPP' as const, 'SMS' as const);
  const expectedRevision = random.happens(0.03) ? 1 : null;
  return async ({ commands }: Engine, place: Place) => {
    const { terms, basis } = await commands.requests.terms(tom, place);
    return {
      type: 'RequestMessage' as const,
      channel,
      content: { kind: 'text' as const, text: `reply ${key}`, extras: {} },
      quotedMessageId: null,
      requestDigest: `${key} ${channel} ${expectedRevision}`,
      expectedRevision,
      terms,
      basis,
    };
  };
};

const templateOf =
  ({ key }: Wish) =>
  async ({ commands }: Engine, { numberId }: Place) => {
    const values = { customer_name: key, appointment_time: 'at five' };
    const variables = Object.entries(values).map(([name, value]) => ({ name, value }));
    const id = templateId(acmeMotors.templates[0]?.id ?? '');
    const read = await commands.templates.filled(acmeMotors.id, numberId, id, variables);
    return { type: 'RequestTemplate' as const, requestDigest: key, ...read };
  };
