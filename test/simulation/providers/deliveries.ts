import type { WebhookInbox, WebhookSource } from '#webhooks';
import type { Machine } from '../machine/machine.js';
import type { Random } from '../machine/random.js';

export type Delivery = {
  readonly source: WebhookSource;
  readonly body: Buffer;
  readonly query: string;
  /** Of a provider that gives up after so many tries. */
  readonly triesMax: number;
  /** What it says has been kept: the provider was told so. */
  readonly onKept: () => void;
};

/** A process that is there. */
type Door = { readonly inbox: Pick<WebhookInbox, 'receive'> };

const answerWithinMs = 20_000;
const retryAfterMsMax = 120_000;
const duplicated = 0.15;

/** Brings webhooks to whichever process is there: again until it is told that they were kept. */
export class Deliveries {
  #underWay = 0;

  constructor(
    private readonly machine: Machine,
    private readonly random: Random,
    private readonly doors: () => readonly Door[],
  ) {}

  /** Deliveries that nobody has confirmed yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** After `delayMs`, and perhaps more than once. */
  send(delivery: Delivery, delayMs: number): void {
    this.#underWay += 1;
    this.machine.later(delayMs, () => this.#try(delivery, 1));
    if (this.machine.fails(duplicated)) this.send(delivery, delayMs + this.#whileMs());
  }

  #whileMs(): number {
    return this.random.between(0, this.random.happens(0.3) ? 60_000 : 500);
  }

  #try(delivery: Delivery, tries: number): void {
    const doors = this.doors();
    const door = doors[this.random.below(doors.length)];
    let isOver = false;
    const over = (kept: boolean): void => {
      if (isOver) return;
      isOver = true;
      if (kept) delivery.onKept();
      if (kept || tries >= delivery.triesMax) this.#underWay -= 1;
      else this.#again(delivery, tries);
    };
    if (!door) return over(false);
    this.machine.later(answerWithinMs, () => over(false));
    door.inbox.receive(delivery.source, delivery.body, delivery.query).then(
      () => this.machine.later(this.random.between(1, 50), () => over(true)),
      () => over(false),
    );
  }

  #again(delivery: Delivery, tries: number): void {
    const delayMs = Math.min(1_000 * 2 ** tries, retryAfterMsMax) * this.random.between(0.5, 1);
    this.machine.later(delayMs, () => this.#try(delivery, tries + 1));
  }
}
