import type { Timer } from '#engine';

/** Meta's default for one business number (throughput page, read 2026-11-20). */
export const messagesPerSecond = 80;
/** Numbers whose pace is remembered; the one that was quiet the longest is forgotten first. */
const numbersMax = 10_000;

/** Lets each business number send at its pace: a token bucket by evenly spaced turns. */
export class PaceOfNumbers {
  private readonly nextTurnMs = new Map<string, number>();

  constructor(private readonly timer: Timer) {}

  /** Resolves when it is this number's turn; rejects when `signal` aborts while it waits. */
  async turn(phoneNumberId: string, signal: AbortSignal): Promise<void> {
    const now = this.timer.monotonicMs();
    // A quiet number may send a second's worth at once.
    const earliest = now - 1_000;
    const turn = Math.max(this.nextTurnMs.get(phoneNumberId) ?? earliest, earliest);
    this.nextTurnMs.delete(phoneNumberId);
    this.nextTurnMs.set(phoneNumberId, turn + 1_000 / messagesPerSecond);
    this.forgetQuietest();
    if (turn > now) await this.timer.sleep(turn - now, signal);
  }

  private forgetQuietest(): void {
    const [quietest] = this.nextTurnMs.keys();
    if (this.nextTurnMs.size > numbersMax && quietest !== undefined)
      this.nextTurnMs.delete(quietest);
  }
}
