/** Conversations that one subscription remembers; the one that changed longest ago goes first. */
const rememberedMax = 10_000;

/**
 * What a subscriber with a filter has been told: a conversation that does not match is news once, and
 * not again until it has matched. One that is forgotten, or changed before we looked, is told again.
 */
export class Sightings {
  private readonly matched = new Map<string, boolean>();

  isNews(conversationId: string, matches: boolean): boolean {
    const before = this.matched.get(conversationId);
    this.matched.delete(conversationId);
    this.matched.set(conversationId, matches);
    const [oldest] = this.matched.keys();
    if (this.matched.size > rememberedMax && oldest !== undefined) this.matched.delete(oldest);
    return matches || before !== false;
  }
}
