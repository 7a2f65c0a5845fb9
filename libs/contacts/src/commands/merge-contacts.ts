import { Inject, Injectable } from '@nestjs/common';
import {
  threadId,
  type CommandContext,
  type ContactId,
  type NumberId,
  type ThreadId,
} from '#kernel';
import { CHANCE, DECIDES, partOf, type Chance, type Decides } from '#engine';
import { contactDecider, type Contact, type ContactCommand } from '../domain/contact.js';
import { leftByMerger } from '../domain/merging.js';
import { Identities } from './identities.js';

/** A thread of the contact that is absorbed, and the survivor's with the same number. */
export type ThreadPair = {
  readonly numberId: NumberId;
  readonly absorbed: ThreadId;
  readonly survivor: ThreadId;
};

/**
 * Makes one contact of two, in two steps with the threads' own between them. Each is safe to repeat, and
 * whoever repeats both after a crash comes to the same.
 */
@Injectable()
export class MergeContacts {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    private readonly identities: Identities,
    @Inject(CHANCE) private readonly chance: Chance,
  ) {}

  /** Nothing new begins with `absorbed` from here on. Answers the threads to be closed, and into which. */
  async begin(
    survivor: ContactId,
    absorbed: ContactId,
    context: CommandContext,
  ): Promise<readonly ThreadPair[]> {
    const { state } = await this.decide(absorbed, context, {
      type: 'BeAbsorbed',
      at: context.at,
      survivorContactId: survivor,
    });
    const pairs: ThreadPair[] = [];
    for (const [numberId, thread] of [...state.threads, ...earlierThreads(state)]) {
      const into = await this.thread(survivor, numberId, context);
      pairs.push({ numberId, absorbed: thread, survivor: into });
    }
    return pairs;
  }

  /** The threads are closed: what was known of the one is the other's, whose numbers are not is free. */
  async complete(
    survivor: ContactId,
    absorbed: ContactId,
    pairs: readonly ThreadPair[],
    context: CommandContext,
  ): Promise<void> {
    const id = `${context.organisationId}-${absorbed}`;
    const { state: from } = await this.decisions.load(contactDecider, id, { fresh: true });
    const { state: kept } = await this.identities.contact(context.organisationId, survivor);
    for (const { until, ...address } of leftByMerger(kept, from))
      await this.identities.release(survivor, address, { ...context, at: until });
    for (const earlier of from.absorbed.contacts)
      await this.decide(earlier, context, {
        type: 'BeAbsorbed',
        at: context.at,
        survivorContactId: survivor,
      });
    await this.decide(survivor, context, {
      type: 'TakeOver',
      at: context.at,
      absorbedContactId: absorbed,
      from,
      threads: pairs.map(({ numberId, absorbed: thread }) => ({ numberId, threadId: thread })),
      smsRoutes: from.smsRoutes
        .entrySeq()
        .toArray()
        .flatMap(([smsNumber, thread]) => {
          const pair = pairs.find((each) => each.absorbed === thread);
          return pair ? [{ smsNumber, threadId: pair.survivor }] : [];
        }),
    });
  }

  private async thread(
    contact: ContactId,
    numberId: NumberId,
    context: CommandContext,
  ): Promise<ThreadId> {
    const { state } = await this.decide(contact, context, {
      type: 'OpenThread',
      at: context.at,
      numberId,
      threadId: threadId(this.chance.id()),
    });
    const thread = state.threads.get(numberId);
    if (!thread) throw new Error('a thread that was opened is not there');
    return thread;
  }

  private async decide(contact: ContactId, context: CommandContext, command: ContactCommand) {
    const id = `${context.organisationId}-${contact}`;
    const about = 'numberId' in command ? command.numberId : contact;
    const part = partOf(context, `${command.type}-${about}`, contact);
    return this.decisions.run(contactDecider, id, command, part);
  }
}

const earlierThreads = ({ absorbed }: Contact): readonly (readonly [NumberId, ThreadId])[] =>
  absorbed.threads
    .entrySeq()
    .toArray()
    .map(([thread, numberId]) => [numberId, thread]);
