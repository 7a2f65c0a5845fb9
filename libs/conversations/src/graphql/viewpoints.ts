import { Inject, Injectable } from '@nestjs/common';
import { organisationId, type OrganisationId, type Position } from '#kernel';
import type { Principal } from '#access';
import { Cursors } from '#edge';
import { CLOCK, type Clock } from '#engine';
import { OrganisationDirectory } from '#organisations';
import { SMS_SETTINGS, type SmsSettings } from '../sms-settings.js';
import type { Surroundings } from './conversation-shape.js';

/** What a conversation's looks depend on besides its rows: who looks, when, and in which business. */
@Injectable()
export class Viewpoints {
  constructor(
    private readonly organisations: OrganisationDirectory,
    private readonly cursors: Cursors,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SMS_SETTINGS) private readonly sms: SmsSettings,
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
    };
  }
}

export const organisationOf = (principal: Principal): OrganisationId =>
  organisationId(principal.organisationId);
