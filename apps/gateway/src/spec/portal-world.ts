import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { CommandBus } from '@nestjs/cqrs';
import {
  commandId,
  epochMs,
  eventId,
  messageId,
  type CommandContext,
  type OrganisationId,
  type Recorded,
} from '#kernel';
import { InvalidToken } from '#access';
import {
  ConversationEnvelope,
  type ConversationCommand,
  type ConversationEvent,
} from '#conversations';
import { createLog, readConfig } from '#edge';
import { MovableClock, SystemClock } from '#engine';
import { OrganisationEnvelope, type OrganisationCommand } from '#organisations';
import { openPlatform, type Platform } from '#platform';
import { PORTAL_CONVERSATIONS, type PortalConversations, type PortalThread } from '#portal';
import { storesOf } from '../../../../test/harness/stores.js';
import { createGateway } from '../gateway.js';
import { acme, answer, bridged, noon, number, other, threadOf } from './bridged-thread.js';

const shownWithinMs = 20_000;

const nobody = async (): Promise<never> => {
  throw new InvalidToken('nobody has a token here');
};
const nowhere = new Writable({ write: (_, __, done) => done() });

/** The gateway on a directory of its own, with two threads that a bridge was asked for; time stands. */
export const openPortal = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'casement-portal-'));
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: epochMs(noon) });
  const stores = await storesOf(directory, { isApart: true });
  const config = readConfig({ CASEMENT_DATA_DIR: directory, ...stores.environment });
  const platform = await openPlatform(config, clock, createLog('fatal', nowhere));
  const gateway = await createGateway(platform, { verify: nobody });
  const business = new Business(platform, gateway.app.get(CommandBus));
  await business.isFounded(acme, 'Acme Motors');
  await business.isFounded(other, 'Northwind Bikes');
  const [thread, otherThread] = [threadOf('thread1'), threadOf('thread2')];
  for (const each of [thread, otherThread]) await business.bridges(each);
  return {
    platform,
    thread,
    otherThread,
    conversations: gateway.app.get<PortalConversations>(PORTAL_CONVERSATIONS, { strict: false }),
    bridges: (to: PortalThread) => business.bridges(to),
    say: (to: PortalThread, text: string) => business.says(to, text),
    end: (of: PortalThread) => business.ends(of),
    facts: (of: PortalThread) => factsOf(platform, of),
    close: async () => {
      await gateway.close();
      await platform.close();
      await stores.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export type OpenedPortal = Awaited<ReturnType<typeof openPortal>>;

const streamOf = ({ organisationId, threadId }: PortalThread): string =>
  `conversation-${organisationId}-${threadId}`;

const factsOf = async ({ log }: Platform, thread: PortalThread) => {
  const facts: Recorded<ConversationEvent>[] = [];
  for await (const fact of log.readStream(streamOf(thread), { direction: 'forwards' }))
    facts.push(fact as Recorded<ConversationEvent>);
  return facts;
};

/** What the other side does; each deed resolves once the views show it. */
class Business {
  constructor(
    private readonly platform: Platform,
    private readonly commands: CommandBus,
  ) {}

  async isFounded(organisation: OrganisationId, name: string): Promise<void> {
    const wishes: readonly OrganisationCommand[] = [
      { type: 'Found', at: noon, name },
      {
        type: 'ConnectNumber',
        at: noon,
        numberId: number,
        phoneNumberId: `phone${organisation}`,
        businessAccountId: 'account',
        displayPhoneNumber: '+44 7700 900123',
      },
    ];
    for (const wish of wishes) {
      const context = this.context(organisation, null);
      await this.commands.execute(new OrganisationEnvelope(organisation, wish, context));
    }
  }

  /** Had an answer refused, and a bridge sent in its place. */
  async bridges(thread: PortalThread): Promise<void> {
    const { organisationId, contactId } = thread;
    const { at: recordedAt, ...metadata } = this.context(organisationId, contactId);
    const facts = bridged(thread).map((fact) => ({
      ...fact,
      id: eventId(this.platform.chance.uuid()),
      metadata: { ...metadata, recordedAt },
    }));
    await this.platform.log.append(streamOf(thread), 'no-stream', facts);
    await this.isShown();
  }

  /** An answer that stands in the portal at once. */
  says(thread: PortalThread, text: string): Promise<void> {
    const { chance } = this.platform;
    return this.ask(thread, {
      type: 'RequestMessage',
      at: noon,
      conversationId: thread.conversationId,
      messageId: messageId(chance.id()),
      channel: 'PORTAL',
      ...answer(text),
      expectedRevision: null,
      terms: {
        policy: 'BRIDGE_SMS',
        hasPhone: true,
        hasConsent: true,
        hasNumber: true,
        bridgeId: messageId(chance.id()),
        text: null,
      },
    });
  }

  ends(thread: PortalThread): Promise<void> {
    const { conversationId } = thread;
    const wish = { at: noon, conversationId, expectedRevision: null };
    return this.ask(thread, { type: 'EndConversation', ...wish });
  }

  private async ask(thread: PortalThread, command: ConversationCommand): Promise<void> {
    const { organisationId, threadId, contactId } = thread;
    const context = this.context(organisationId, contactId);
    const id = `${organisationId}-${threadId}`;
    await this.commands.execute(new ConversationEnvelope(id, command, context));
    await this.isShown();
  }

  private async isShown(): Promise<void> {
    const { log, views } = this.platform;
    const head = await log.head();
    if (head !== null && !(await views.reached(head, shownWithinMs)))
      throw new Error('the views do not come level');
  }

  private context(organisationId: OrganisationId, subject: string | null): CommandContext {
    const id = commandId(this.platform.chance.uuid());
    return {
      commandId: id,
      correlationId: id,
      causationId: null,
      organisationId,
      actor: { kind: 'staff', id: 'ann' },
      capability: null,
      at: noon,
      subject,
      basis: [],
    };
  }
}
