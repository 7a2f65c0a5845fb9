import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext, NumberId, OrganisationId } from '#kernel';
import { DECIDES, FINGERPRINTS, type Decides, type Fingerprints } from '#engine';
import { addressDecider } from '../domain/address.js';

export type NumberOwner = { readonly organisationId: OrganisationId; readonly numberId: NumberId };

/** Addresses are looked up before the organisation is known, under a key of the whole system. */
const systemKey = 'system';

/** Which organisation a WhatsApp phone_number_id leads to: asked of its own stream, never of a view. */
@Injectable()
export class WhatsAppAddresses {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
  ) {}

  async ownerOf(phoneNumberId: string): Promise<NumberOwner | null> {
    const id = await this.streamId(phoneNumberId);
    const known = await this.decisions.load(addressDecider, id, { fresh: false });
    if (known.state.owner) return known.state.owner;
    return (await this.decisions.load(addressDecider, id, { fresh: true })).state.owner;
  }

  /** True once the address leads there; false when it leads elsewhere. */
  async assign(
    phoneNumberId: string,
    owner: NumberOwner,
    context: CommandContext,
  ): Promise<boolean> {
    const command = { type: 'AssignAddress' as const, at: context.at, ...owner };
    const id = await this.streamId(phoneNumberId);
    return (await this.decisions.run(addressDecider, id, command, context)).kind === 'accepted';
  }

  private streamId(phoneNumberId: string): Promise<string> {
    return this.fingerprints.of(systemKey, 'phone-number-id', phoneNumberId);
  }
}
