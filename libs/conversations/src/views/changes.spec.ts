import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { organisationId, type ConversationId, type OrganisationId, type Position } from '#kernel';
import { History, LiveTail, SystemTimer, tailLimits } from '#engine';
import type { ConversationEvent } from '../domain/events.js';
import { started, wrote } from '../spec/facts.js';
import { acme, first, noon, thread } from '../spec/people.js';
import { openViews, type Views } from '../spec/views.js';
import { Changes } from './changes.js';

const other = organisationId('other');
const streamOf = (organisation: OrganisationId) => `conversation-${organisation}-${thread}`;

describe('what happened in an organisation', () => {
  let views: Views;
  let tail: LiveTail<ConversationEvent>;
  let changes: Changes;
  let since: Position;

  const begin = async () => {
    tail = new LiveTail(views.log, new SystemTimer(), ['conversation-'], tailLimits);
    await tail.start();
    changes = new Changes(views.views, tail, new History(views.log));
  };
  /** Both organisations have a thread, and a conversation, of the same name. */
  const happen = async () => {
    const told = async (organisationId: OrganisationId, fact: ConversationEvent) =>
      views.record([fact], { organisationId, stream: streamOf(organisationId) });
    for (const organisation of [acme, other]) await told(organisation, started(noon));
    const head = await views.log.head();
    if (head !== null) since = head;
    for (const name of ['one', 'two'])
      for (const organisation of [acme, other])
        await told(organisation, wrote(noon, `${organisation} ${name}`));
  };
  const heardBy = async (organisation: OrganisationId, conversationId: ConversationId | null) => {
    const stop = new AbortController();
    const heard: string[] = [];
    const listener = { organisationId: organisation, after: since, conversationId };
    for await (const { stream } of changes.follow(listener, stop.signal)) {
      heard.push(stream);
      if (heard.length === 2) stop.abort();
    }
    return heard;
  };
  const expectOwn = async () => {
    for (const organisation of [acme, other])
      for (const conversation of [null, first]) {
        const own = streamOf(organisation);
        expect(await heardBy(organisation, conversation)).toEqual([own, own]);
      }
  };

  beforeEach(async () => {
    views = await openViews();
  });
  afterEach(async () => {
    await tail.stop();
    await views.close();
  });

  it('F52: is heard by nobody else while it is in memory', async () => {
    await begin();
    await happen();
    expect(tail.after(since, 10)).toHaveLength(4);
    await expectOwn();
  });

  it('F52: is heard by nobody else when it has to be read', async () => {
    await happen();
    await begin();
    expect(tail.after(since, 10)).toBeNull();
    await expectOwn();
  });
});
