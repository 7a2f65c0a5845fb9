import type { FollowerStore } from '#view-store';
import type { Life } from '../machine/life.js';
import type { Machine } from '../machine/machine.js';

const unreachable = 0.002;

class Away extends Error {
  override readonly name = 'Away';
}

/** What followers remember, as one process reaches it. */
export const followersOf = (machine: Machine, life: Life, store: FollowerStore): FollowerStore => {
  const asked = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    await life.read(what);
    if (machine.fails(unreachable)) throw new Away('what followers remember is away');
    return ask();
  };
  const written = async <T>(what: string, write: () => Promise<T>): Promise<T> => {
    await life.effect(what);
    if (machine.fails(unreachable)) throw new Away('what followers remember is away');
    const result = await write();
    await life.effect(`${what}: done`);
    if (machine.fails(unreachable)) throw new Away('the answer was lost');
    return result;
  };
  return {
    checkpoint: (follower) => asked(`checkpoint ${follower}`, () => store.checkpoint(follower)),
    saveCheckpoint: (follower, position, epoch) =>
      written(`save ${follower} ${position}`, () =>
        store.saveCheckpoint(follower, position, epoch),
      ),
    acquireLease: (lease, owner, forMs, division) =>
      asked(`lease ${lease}`, () => store.acquireLease(lease, owner, forMs, division)),
    releaseLease: (lease, owner) =>
      asked(`release ${lease}`, () => store.releaseLease(lease, owner)),
    handOverLease: (lease, owner, to, forMs) =>
      asked(`hand over ${lease}`, () => store.handOverLease(lease, owner, to, forMs)),
    park: (item) => written(`park ${item.follower} ${item.reason}`, () => store.park(item)),
    blockedKeys: (follower) => asked(`blocked ${follower}`, () => store.blockedKeys(follower)),
    parked: (options) => asked('parked', () => store.parked(options)),
    parkedCount: (follower) => asked('parked count', () => store.parkedCount(follower)),
    unpark: (follower, eventId, item) =>
      written(`unpark ${item}`, () => store.unpark(follower, eventId, item)),
    parkedUnder: (follower, key, limit) =>
      asked('parked under', () => store.parkedUnder(follower, key, limit)),
    parkedOf: (follower, eventId) => asked('parked of', () => store.parkedOf(follower, eventId)),
    skippedAfter: (follower, position) =>
      asked(`skipped ${follower}`, () => store.skippedAfter(follower, position)),
    requests: (follower, limit, from) =>
      asked(`requests ${follower}`, () => store.requests(follower, limit, from)),
    askParts: (request) => written('ask parts', () => store.askParts(request)),
    finish: (finished) => written('finish', () => store.finish(finished)),
    skip: (request) => written('skip', () => store.skip(request)),
    deadlines: (follower, page) =>
      asked(`deadlines ${follower} ${page.after?.key}`, () => store.deadlines(follower, page)),
    saveDeadlines: (follower, changes, position, epoch, part) =>
      written(`save ${follower} ${position} ${changes.length}`, () =>
        store.saveDeadlines(follower, changes, position, epoch, part),
      ),
    close: async () => {},
  };
};
