import { Inject, Injectable } from '@nestjs/common';
import type { OrganisationId, ThreadId } from '#kernel';
import { DECIDES, FINGERPRINTS, type Decides, type Fingerprints } from '#engine';
import { conversationDecider } from '../domain/conversation.js';

/** The fingerprints by which threads know the provider's messages. */
@Injectable()
export class MessagePrints {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
  ) {}

  of(organisation: OrganisationId, providerMessageId: string): Promise<string> {
    return this.fingerprints.of(organisation, 'message', providerMessageId);
  }

  /**
   * Of what happened, for the thread that is told of it. Null when a thread that was closed into
   * this one was told of it already: a delivery that comes again after a merger meets another thread
   * than the first time. Asks the log itself.
   */
  async ofNews(
    organisation: OrganisationId,
    thread: ThreadId,
    providerMessageId: string,
  ): Promise<string | null> {
    const fingerprint = await this.of(organisation, providerMessageId);
    return (await this.isKnownBefore(organisation, thread, fingerprint)) ? null : fingerprint;
  }

  private async isKnownBefore(
    organisation: OrganisationId,
    thread: ThreadId,
    fingerprint: string,
  ): Promise<boolean> {
    for (const earlier of (await this.thread(organisation, thread)).absorbed) {
      const { inbound, happened, accepted } = await this.thread(organisation, earlier);
      if ([inbound, happened, accepted].some((known) => known.has(fingerprint))) return true;
      if (await this.isKnownBefore(organisation, earlier, fingerprint)) return true;
    }
    return false;
  }

  private async thread(organisation: OrganisationId, thread: ThreadId) {
    const id = `${organisation}-${thread}`;
    return (await this.decisions.load(conversationDecider, id, { fresh: true })).state;
  }
}
