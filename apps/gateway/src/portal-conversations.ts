import { comparePositions, type OrganisationId, type Position } from '#kernel';
import type { PortalInbox, PortalThreads } from '#conversations';
import { CursorExpired, type Cursors } from '#edge';
import { Busy, ConflictPersists, type History } from '#engine';
import type { BusinessNumber, OrganisationDirectory } from '#organisations';
import { CursorUnknown, type PortalConversations } from '#portal';

/** Messages that a page shows: the newest of the thread. */
const messagesMax = 200;

type Kept = {
  readonly threads: PortalThreads;
  readonly inbox: PortalInbox;
  readonly organisations: OrganisationDirectory;
  readonly cursors: Cursors;
  readonly history: Pick<History, 'head'>;
};

/** What the portal asks of the conversations, answered by those that are kept. */
export const portalConversations = (kept: Kept): PortalConversations => ({
  page: async ({ organisationId, threadId }) => {
    const { messages, numberId, position } = await kept.threads.page(
      organisationId,
      threadId,
      messagesMax,
    );
    const { name, numbers } = await kept.organisations.load(organisationId);
    return {
      businessName: name ?? '',
      whatsAppUrl: whatsAppUrl(numberId ? numbers.get(numberId) : undefined),
      messages,
      cursor: position && kept.cursors.forLog(position, organisationId),
    };
  },

  write: async (thread, text, key) => {
    try {
      await kept.threads.shown(await kept.inbox.write(thread, text, key));
      return 'written';
    } catch (error) {
      if (error instanceof Busy || error instanceof ConflictPersists) return 'busy';
      throw error;
    }
  },

  follow: async function* ({ organisationId, threadId }, after, signal) {
    const from = after === null ? null : await placeOf(kept, after, organisationId);
    const changes = kept.threads.follow(organisationId, threadId, from, signal);
    for await (const { position, message } of changes)
      yield { cursor: kept.cursors.forLog(position, organisationId), message };
  },
});

/** A place beyond the end of the log is of another log: never waited for in silence. */
const placeOf = async (
  { cursors, history }: Kept,
  cursor: string,
  organisation: OrganisationId,
): Promise<Position> => {
  const position = knownPlace(cursors, cursor, organisation);
  const head = await history.head();
  if (head === null || comparePositions(position, head) > 0) throw new CursorUnknown();
  return position;
};

const knownPlace = (cursors: Cursors, cursor: string, organisation: OrganisationId): Position => {
  try {
    return cursors.readLog(cursor, organisation);
  } catch (error) {
    throw error instanceof CursorExpired ? new CursorUnknown() : error;
  }
};

const whatsAppUrl = (number: BusinessNumber | undefined): string | null => {
  const digits = number?.displayPhoneNumber.replace(/[^0-9]/g, '') ?? '';
  return digits === '' ? null : `https://wa.me/${digits}`;
};
