import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  conversationId,
  organisationId,
  threadId,
  type OrganisationId,
  type Position,
} from '#kernel';
import { History, LiveTail, SystemTimer, type TailLimits } from '#engine';
import type { ConversationEvent } from '../domain/events.js';
import { started, wrote } from '../spec/facts.js';
import { acme, first, noon, thread } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { Changes, type Change, type Listener } from './changes.js';

/** Where something is said: two threads of one organisation, and one of the same name of another. */
type Place = { readonly organisation: OrganisationId; readonly thread: string };
const places: readonly Place[] = [
  { organisation: acme, thread },
  { organisation: acme, thread: 'thread9' },
  { organisation: organisationId('other'), thread },
];
const streamOf = ({ organisation, thread: id }: Place) => `conversation-${organisation}-${id}`;

/** What a listener asks for, and whether a fact is of it, said otherwise than there. */
const scopes: readonly {
  readonly about: { readonly conversationId: typeof first | null } | { threadId: typeof thread };
  readonly has: (change: Change) => boolean;
}[] = [
  {
    about: { conversationId: null },
    has: ({ stream }) => stream.startsWith(`conversation-${acme}-`),
  },
  { about: { threadId: thread }, has: ({ stream }) => stream === `conversation-${acme}-${thread}` },
  {
    about: { conversationId: first },
    has: ({ stream, data }) =>
      stream === `conversation-${acme}-${thread}` && data.conversationId === first,
  },
];

let views: Views;
let said = 0;

beforeAll(async () => {
  views = await openViews();
  for (const place of places) {
    const start = started(noon);
    const id = conversationId(threadId(place.thread), 1);
    await views.record([{ ...start, data: { ...start.data, conversationId: id } }], {
      organisationId: place.organisation,
      stream: streamOf(place),
    });
  }
});
afterAll(() => views.close());

/** Says something in each of these places, one after the other; the views follow as they can. */
const say = async (where: readonly number[]): Promise<string> => {
  for (const index of where) {
    const place = places[index % places.length] ?? places[0];
    if (!place) break;
    const id = conversationId(threadId(place.thread), 1);
    await views.record([wrote(noon, `m${(said += 1)}`, { conversationId: id })], {
      organisationId: place.organisation,
      stream: streamOf(place),
    });
  }
  return `m${said}`;
};

const everything = async (): Promise<readonly Change[]> => {
  const all: Change[] = [];
  for await (const event of views.log.readAll({ direction: 'forwards' })) all.push(event as Change);
  return all;
};

/** Hears a few, goes, and comes again with the place of the last, until it has heard of `last`. */
const heard = async (
  changes: Changes,
  listener: Listener,
  until: { readonly last: () => string | null; readonly pieces: readonly number[] },
): Promise<readonly string[]> => {
  const told: Change[] = [];
  for (let turn = 0; ; turn += 1) {
    const stop = new AbortController();
    const after: Position | null = told.at(-1)?.position ?? listener.after;
    let left = until.pieces[turn % until.pieces.length] ?? 1;
    for await (const change of changes.follow({ ...listener, after }, stop.signal)) {
      told.push(change);
      const isLast = 'messageId' in change.data && change.data.messageId === until.last();
      if (isLast) return told.map(({ position }) => position);
      if ((left -= 1) === 0) break;
    }
  }
};

describe('whoever listens from any place', () => {
  const where = (maxLength: number) => fc.array(fc.nat(2), { maxLength });
  const sizes: fc.Arbitrary<TailLimits> = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .map(([factsMin, more]) => ({ factsMin, factsMax: factsMin + more }));
  const stories = fc.record({
    before: where(6),
    meanwhile: where(12),
    live: where(8),
    limits: sizes,
    from: fc.nat(),
    scope: fc.constantFrom(...scopes),
    pieces: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
  });

  it('hears all after it once and in order, from feed or ring, however often it comes again', async () => {
    await fc.assert(
      fc.asyncProperty(
        stories,
        async ({ before, meanwhile, live, limits, from, scope, pieces }) => {
          await say(before);
          const tail = new LiveTail<ConversationEvent>(
            views.log,
            new SystemTimer(),
            ['conversation-'],
            limits,
          );
          await tail.start();
          await say(meanwhile);
          const past = await everything();
          const after = past[from % past.length]?.position ?? null;
          let last: string | null = null;
          const changes = new Changes(views.views, tail, new History(views.log));
          const listener = { organisationId: acme, after, ...scope.about };
          const hearing = heard(changes, listener, { last: () => last, pieces });
          await say(live);
          // The last is in the first place, of which every scope tells.
          last = `m${said + 1}`;
          await say([0]);
          const expected = (await everything())
            .filter((change) => scope.has(change) && after !== null && change.position > after)
            .map(({ position }) => position);
          expect(await hearing).toEqual(expected);
          await tail.stop();
        },
      ),
      { numRuns: 40 },
    );
  });
});
