import { Inject, Injectable } from '@nestjs/common';
import { organisationId, type OrganisationId, type Position } from '#kernel';
import type { Principal } from '#access';
import { Cursors } from '#edge';
import { CLOCK, type Clock } from '#engine';
import { OrganisationDirectory } from '#organisations';
import { VIEWS, type ViewStore } from '#view-store';
import { SMS_SETTINGS, type SmsSettings } from '../sms-settings.js';
import { liveReads } from '../views/live-reads.js';
import type { PastConversation } from '../views/past.js';
import type { Surroundings } from './conversation-shape.js';

/** An instant of the past, and the place in the log to go on from. */
type Then = { readonly atMs: number; readonly position: Position | null };

/** What a conversation's looks depend on besides its rows: who looks, when, and in which business. */
@Injectable()
export class Viewpoints {
  constructor(
    private readonly organisations: OrganisationDirectory,
    private readonly cursors: Cursors,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SMS_SETTINGS) private readonly sms: SmsSettings,
    @Inject(VIEWS) private readonly views: ViewStore,
  ) {}

  /** For rows that were read when the views stood at `position`. */
  async of(principal: Principal, position: Position | null): Promise<Surroundings> {
    const organisation = organisationOf(principal);
    return {
      organisation: await this.organisations.load(organisation),
      principal,
      nowMs: this.clock.now(),
      isSmsOn: this.sms.isOn,
      position: position && this.cursors.forLog(position, organisation),
      reads: liveReads(this.views, organisation),
    };
  }

  /** The same for what stood then; who looks is who looks now. */
  ofThen(principal: Principal, past: PastConversation, then: Then): Surroundings {
    return {
      organisation: past.organisation,
      principal,
      nowMs: then.atMs,
      isSmsOn: this.sms.isOn,
      position: then.position && this.cursors.forLog(then.position, organisationOf(principal)),
      reads: past.reads,
    };
  }
}

export const organisationOf = (principal: Principal): OrganisationId =>
  organisationId(principal.organisationId);
