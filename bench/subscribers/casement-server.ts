import { Writable } from 'node:stream';
import { contactId, numberId, organisationId, threadId } from '#kernel';
import { conversationDecider } from '#conversations/spec';
import { createLog, readConfig } from '#edge';
import { startCasement, type Casement } from '../../apps/casement/src/casement.js';
import { readDemo } from '../../test/harness/casement.js';
import { eventually } from '../../test/harness/eventually.js';
import { Simulator } from '../../test/harness/simulator.js';
import { nextMessage } from '../commands/customer.js';
import { serveParent, sharedNowMs } from '../support/forked.js';
import type { Ask, Here, Told } from './publish.js';

/**
 * Everything that `npm start` starts, in this process, so that the moment is known at which a fact is
 * asked for. Who listens does so from outside.
 */
const [, , dataDirectory = ''] = process.argv;

type Thread = {
  readonly organisation_id: string;
  readonly thread_id: string;
  readonly number_id: string;
  readonly contact_id: string;
};

const nowhere = new Writable({ write: (_, __, done) => done() });
const config = readConfig({ CASEMENT_DATA_DIR: dataDirectory, PORT: '0' });
const casement = await startCasement(config, createLog('fatal', nowhere));
const { url, tokens, graphqlWsUrl } = await readDemo(dataDirectory);
await new Simulator(() => url).writes('447700900001', 'Is my car ready?');

const threadIn = async ({ platform }: Casement): Promise<Thread> =>
  eventually('the first thread', async () => {
    const columns = 'organisation_id, thread_id, number_id, contact_id';
    const [row] = await platform.views.all.query<Thread>(
      `SELECT ${columns} FROM threads WHERE current_conversation_id IS NOT NULL`,
      [],
    );
    return row;
  });
const thread = await threadIn(casement);

/** A customer writes once more: one durable fact. */
const publish = async (): Promise<number> => {
  const { command, context } = nextMessage(thread.thread_id);
  const own = {
    ...command,
    threadId: threadId(thread.thread_id),
    numberId: numberId(thread.number_id),
    contactId: contactId(thread.contact_id),
  };
  const organisation = organisationId(thread.organisation_id);
  const ownContext = { ...context, organisationId: organisation, subject: thread.contact_id };
  const id = `${thread.organisation_id}-${thread.thread_id}`;
  const atMs = sharedNowMs();
  await casement.platform.decisions.run(conversationDecider, id, own, ownContext);
  return atMs;
};

const here = (): Here => {
  const { views, cursors } = casement.platform;
  const position = views.position();
  if (position === null) throw new Error('nothing was ever written');
  const after = cursors.forLog(position, organisationId(thread.organisation_id));
  // Three members who may not all do the same.
  const members = [tokens.agent, tokens.manager, tokens.viewer];
  return { kind: 'here', url: graphqlWsUrl, tokens: members, after };
};

serveParent<Ask>(async (ask): Promise<Told> =>
  ask.kind === 'where' ? here() : { kind: 'published', atMs: await publish() },
);
