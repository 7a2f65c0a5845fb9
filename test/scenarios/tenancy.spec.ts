import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AccessGuard } from '#access';
import { Assembled } from '../harness/assembled.js';
import { Casement } from '../harness/casement.js';
import type { Client, TokenName, Variables } from '../harness/client.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import {
  isSubscription,
  nobodys,
  rootFields,
  smuggled,
  type Ids,
  type RootField,
} from '../harness/root-fields.js';
import { Talk } from '../harness/talk.js';
import { reminder } from '../harness/templates.js';

jest.setTimeout(scenarioMsMax);

const customer = '447700900981';
const northwind = '+44 7700 900456';
const overHttp = Object.entries(rootFields).filter(([field]) => !isSubscription(field));

type Running = Client & { readonly remove: () => Promise<void> };
type Own = { readonly nodes: readonly { readonly id: string }[] };

const documentOf = (field: string): string => rootFields[field]?.document ?? '';

/** What there is of the customer's words, in the organisation of whoever has the token. */
const idsOf = async (casement: Client, as: TokenName, text: string): Promise<Ids> => {
  const query = `{ conversations { nodes {
    id contact { id } lastMessage { id content { ... on TextContent { text } } } } } }`;
  return eventually(`“${text}” for ${as}`, async () => {
    const { conversations } = await casement.gql<{
      readonly conversations: {
        readonly nodes: readonly {
          readonly id: string;
          readonly contact: { readonly id: string };
          readonly lastMessage: {
            readonly id: string;
            readonly content: { readonly text: string };
          };
        }[];
      };
    }>(as, query);
    const found = conversations.nodes.find(({ lastMessage }) => lastMessage.content.text === text);
    return (
      found && {
        conversation: found.id,
        contact: found.contact.id,
        message: found.lastMessage.id,
        template: reminder,
      }
    );
  });
};

/**
 * The same customer writes to both organisations; then the other one asks for what is the first
 * one's.
 */
const describeOthers = <T extends Running>(
  what: string,
  start: () => Promise<T>,
  startAgain: (casement: T) => Promise<void>,
): void =>
  describe(what, () => {
    let casement: T;
    let ids: Ids;
    let own: Ids;
    /** Where the other organisation's log stood before anything was said. */
    let since: string;

    beforeAll(async () => {
      casement = await start();
      const { conversations } = await casement.gql<{ conversations: { position: string } }>(
        'otherOrganisation',
        '{ conversations { position } }',
      );
      since = conversations.position;
      await casement.simulator.writes(customer, 'For AcmeMotors alone');
      await casement.simulator.writes(customer, 'For Northwind alone', { to: northwind });
      ids = await idsOf(casement, 'agent', 'For AcmeMotors alone');
      own = await idsOf(casement, 'otherOrganisation', 'For Northwind alone');
    });
    afterAll(() => casement.remove());

    const answered = async (document: string, variables: Variables) => {
      const { status, data, errors } = await casement.ask('otherOrganisation', document, variables);
      const told = errors.map(({ message, extensions }) => ({ message, extensions }));
      return JSON.stringify({ status, data, told });
    };
    const expectNothingOf = (theirs: string) => {
      for (const word of [...Object.values(ids), 'AcmeMotors', 'acmemotors'])
        expect(theirs).not.toContain(word);
    };

    it.each(overHttp)(
      'F52: %s answers another organisation as if it did not exist',
      async (_, { document, variables }: RootField) => {
        // Once before: a wish that is one's own may be news.
        await answered(document, variables(nobodys));
        const theirs = await answered(document, variables(ids));
        expect(theirs).toBe(await answered(document, variables(nobodys)));
        expectNothingOf(theirs);
      },
    );

    it.each(Object.entries(smuggled))(
      'F52: %s of another organisation is as if it did not exist',
      async (_, { document, variables }) => {
        const theirs = await answered(document, variables(own, ids));
        expect(theirs).toBe(await answered(document, variables(own, nobodys)));
        expectNothingOf(theirs);
      },
    );

    it('F52: lists and nodes hold all that is one’s own, and nothing else', async () => {
      for (const field of ['conversations', 'contacts', 'events']) {
        const answer = await casement.gql<{ readonly [field: string]: Own }>(
          'otherOrganisation',
          documentOf(field),
        );
        const wanted = { conversations: own.conversation, contacts: own.contact }[field];
        const found = answer[field]?.nodes.map(({ id }) => id) ?? [];
        if (wanted !== undefined) expect(found).toEqual([wanted]);
        expect(found.length).toBeGreaterThan(0);
        expectNothingOf(JSON.stringify(answer));
      }
    });

    it('F52: node answers so for whatever has an id', async () => {
      const { id: number } = casement.demo.number;
      for (const id of [...Object.values(ids), number, 'acmemotors']) {
        const theirs = await casement.ask('otherOrganisation', documentOf('node'), { id });
        expect(theirs.data).toEqual({ node: null });
        const mine = await casement.ask('agent', documentOf('node'), { id });
        expect(mine.data).toEqual({ node: { id } });
      }
    });

    it('F52: a conversation of it cannot be listened to', async () => {
      for (const { conversation: id } of [ids, nobodys]) {
        const document = documentOf('conversationChanged');
        const listener = casement.subscribe('otherOrganisation', document, { id });
        expect(await listener.refusal()).toBe('NOT_FOUND');
        await listener.close();
      }
    });

    it('F52: no change of it is told to anybody else, neither live nor afterwards', async () => {
      const document = documentOf('inboxChanged');
      const live = casement.subscribe<object>('otherOrganisation', document);
      const after = casement.subscribe<object>('otherOrganisation', document, { after: since });
      await after.count('changes since then', 1);
      await new Talk(casement).customerWrites(customer, 'For AcmeMotors again');
      await casement.simulator.writes(customer, 'For Northwind again', { to: northwind });
      await live.count('changes of one’s own', 1);
      await Promise.all([live.close(), after.close()]);
      // The newest facts are in memory no more: what was missed comes from the views.
      await startAgain(casement);
      const late = casement.subscribe<object>('otherOrganisation', document, { after: since });
      await late.count('changes since then', 2);
      await late.close();
      for (const { received, errors } of [live, after, late]) {
        expect(errors).toEqual([]);
        expectNothingOf(JSON.stringify(received));
      }
    });

    it('another’s place in the log leads nowhere', async () => {
      const after = await new Talk(casement).position();
      const query = 'query($after: Cursor) { events(after: $after) { nodes { id } } }';
      const { errors } = await casement.ask('otherOrganisation', query, { after });
      expect(errors[0]?.extensions.code).toBe('CURSOR_EXPIRED');
    });

    it('nothing of it has changed', async () => {
      const { viewer, conversation } = await casement.gql<{
        readonly viewer: { readonly organisation: { readonly smsName: string | null } };
        readonly conversation: { readonly lifecycle: string; readonly unreadCount: number };
      }>(
        'agent',
        `query($id: ID!) { viewer { organisation { smsName } }
           conversation(id: $id) { lifecycle unreadCount } }`,
        { id: ids.conversation },
      );
      expect(viewer.organisation.smsName).not.toBe('Not mine');
      expect(conversation).toEqual({ lifecycle: 'ACTIVE', unreadCount: 2 });
    });

    it.each(overHttp)('%s is nothing for who brings no token', async (_, row: RootField) => {
      const body = JSON.stringify({ query: row.document, variables: row.variables(ids) });
      const { errors } = await casement.post(body, {});
      expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    });
  });

describeOthers(
  'what belongs to one organisation',
  () => Casement.start(),
  async (casement) => {
    await casement.stop();
    await casement.restart();
  },
);

describe('the same, while nobody is asked what they may do', () => {
  let guard: jest.SpiedFunction<AccessGuard['canActivate']>;
  beforeAll(() => {
    guard = jest.spyOn(AccessGuard.prototype, 'canActivate').mockReturnValue(true);
  });
  afterAll(() => {
    expect(guard).toHaveBeenCalled();
    guard.mockRestore();
  });

  describeOthers(
    'is kept apart by what reads and writes',
    () => Assembled.start(),
    (casement) => casement.restart(),
  );
});
