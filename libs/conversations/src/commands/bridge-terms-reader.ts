import { Inject, Injectable } from '@nestjs/common';
import {
  messageId,
  type ContactId,
  type NumberId,
  type OrganisationId,
  type StreamRevision,
} from '#kernel';
import { bridgeText } from '#channels/sms';
import { contactDecider, maySms, smsPhoneOf } from '#contacts';
import { CHANCE, DECIDES, type Chance, type Decides, type Folded } from '#engine';
import { businessNameForSms, organisationDecider, smsNumberFor } from '#organisations';
import type { Organisation } from '#organisations';
import { portalCodeLength } from '#portal';
import { conversationDecider } from '../domain/conversation.js';
import { maskOf, type ReadTerms, type ThreadTerms } from '../domain/bridge.js';
import { SMS_SETTINGS, type SmsSettings } from '../sms-settings.js';

/** Reads what a bridge depends on from the streams of the organisation and of the contact. */
@Injectable()
export class BridgeTermsReader {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(CHANCE) private readonly chance: Chance,
    @Inject(SMS_SETTINGS) private readonly settings: SmsSettings,
  ) {}

  /** For a message between this contact and this number. */
  async read(
    organisation: OrganisationId,
    contact: ContactId,
    number: NumberId,
  ): Promise<ReadTerms> {
    const contactStream = `${organisation}-${contact}`;
    const [business, person] = await Promise.all([
      this.decisions.load(organisationDecider, organisation, { fresh: false }),
      this.decisions.load(contactDecider, contactStream, { fresh: false }),
    ]);
    return {
      terms: {
        policy: business.state.expiredWindowPolicy,
        hasPhone: smsPhoneOf(person.state) !== null,
        hasConsent: maySms(person.state),
        hasNumber: this.settings.isOn && smsNumberFor(business.state, number) !== null,
        bridgeId: messageId(this.chance.id()),
        text: this.text(business.state, number),
      },
      basis: [
        ...revisionOf(`organisation-${organisation}`, business),
        ...revisionOf(`contact-${contactStream}`, person),
      ],
    };
  }

  /** The same for a thread, `<organisation>-<thread>`; null while there is no such thread. */
  async ofThread(organisation: OrganisationId, id: string): Promise<ThreadTerms | null> {
    const { state } = await this.decisions.load(conversationDecider, id, { fresh: false });
    const { contactId, numberId } = state;
    if (!contactId || !numberId) return null;
    return { contactId, ...(await this.read(organisation, contactId, numberId)) };
  }

  /** The SMS with its code masked; null when the business's name cannot be written in one. */
  text(organisation: Organisation, number: NumberId): string | null {
    const written = bridgeText({
      name: businessNameForSms(organisation),
      whatsAppDigits: digitsOf(organisation.numbers.get(number)?.displayPhoneNumber ?? ''),
      portal: `${this.settings.portalAddress()}/${maskOf(portalCodeLength)}`,
    });
    return written.kind === 'text' ? written.text : null;
  }
}

const digitsOf = (displayed: string): string => displayed.replace(/[^0-9]/g, '');

const revisionOf = (stream: string, { revision }: Folded<unknown>): readonly StreamRevision[] =>
  revision === null ? [] : [{ stream, revision: String(revision) }];
