import { edgeError } from './errors.js';

type Lane = {
  cost: number;
  readonly waiting: { readonly cost: number; readonly go: () => void }[];
};

export type TurnLimits = { readonly costAtOnceMax: number; readonly waitingMax: number };

/**
 * Lets the queries of one organisation be under way together as long as they cost no more than is
 * allowed, the rest in the order in which they came: one that asks for much, often, at once, makes
 * its own people wait, and nobody else. A query that costs more than that goes alone.
 */
export class Turns {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly limits: TurnLimits) {}

  /** Resolves, when it is its turn, with what gives the turn back; that may be called twice. */
  async take(organisation: string, cost: number): Promise<() => void> {
    const lane = this.lanes.get(organisation) ?? { cost: 0, waiting: [] };
    this.lanes.set(organisation, lane);
    if (lane.waiting.length === 0 && this.fits(lane, cost)) lane.cost += cost;
    else await this.wait(lane, cost);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      lane.cost -= cost;
      this.next(organisation, lane);
    };
  }

  private wait(lane: Lane, cost: number): Promise<void> {
    if (lane.waiting.length >= this.limits.waitingMax)
      throw edgeError('BUSY', 'Your organisation asks for too much at once. Try again shortly.');
    return new Promise((go) => lane.waiting.push({ cost, go }));
  }

  private next(organisation: string, lane: Lane): void {
    for (let [first] = lane.waiting; first && this.fits(lane, first.cost); [first] = lane.waiting) {
      lane.waiting.shift();
      lane.cost += first.cost;
      first.go();
    }
    if (lane.cost === 0 && lane.waiting.length === 0) this.lanes.delete(organisation);
  }

  private fits(lane: Lane, cost: number): boolean {
    return lane.cost === 0 || lane.cost + cost <= this.limits.costAtOnceMax;
  }
}
