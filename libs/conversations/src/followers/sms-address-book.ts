import { Inject, Injectable } from '@nestjs/common';
import type { ContactId, NumberId, OrganisationId } from '#kernel';
import { MeetContact, smsPhoneOf } from '#contacts';
import { FINGERPRINTS, type Fingerprints } from '#engine';
import { OrganisationDirectory, smsNumberFor } from '#organisations';
import { PortalCodes } from '#portal';
import { SMS_SETTINGS, type SmsSettings } from '../sms-settings.js';
import type { SmsAddressees, SmsEnds } from './sms-request.js';

/** Reads from the streams of contacts and organisations where an SMS goes and comes from. */
@Injectable()
export class SmsAddressBook implements SmsAddressees {
  constructor(
    private readonly contacts: MeetContact,
    private readonly organisations: OrganisationDirectory,
    private readonly codes: PortalCodes,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    @Inject(SMS_SETTINGS) private readonly settings: SmsSettings,
  ) {}

  async ends(organisation: OrganisationId, contact: ContactId, number: NumberId): Promise<SmsEnds> {
    const { state } = await this.contacts.load(organisation, contact);
    const from = smsNumberFor(await this.organisations.load(organisation), number);
    return { from, to: smsPhoneOf(state) };
  }

  portalCode(bridgeId: string): string {
    return this.codes.codeOf(bridgeId);
  }

  statusUrl(): string {
    return this.settings.statusUrl();
  }

  fingerprint(organisation: OrganisationId, sid: string): Promise<string> {
    return this.fingerprints.of(organisation, 'message', sid);
  }
}
