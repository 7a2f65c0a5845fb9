import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext, NumberId, OrganisationId } from '#kernel';
import { DECIDES, FINGERPRINTS, type Decides, type Fingerprints } from '#engine';
import { addressDecider } from '../domain/address.js';

export type NumberOwner = { readonly organisationId: OrganisationId; readonly numberId: NumberId };

/** Addresses are looked up before the organisation is known, under a key of the whole system. */
const systemKey = 'system';

/** Where addresses of one kind lead: asked of each address's own stream, never of a view. */
@Injectable()
abstract class ProviderAddresses {
  /** Keeps the same value of different kinds apart. */
  protected abstract readonly purpose: string;

  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
  ) {}

  /** Null when nobody has been given the address yet. */
  async ownerOf(address: string): Promise<NumberOwner | null> {
    const id = await this.streamId(address);
    const known = await this.decisions.load(addressDecider, id, { fresh: false });
    if (known.state.owner) return known.state.owner;
    return (await this.decisions.load(addressDecider, id, { fresh: true })).state.owner;
  }

  /** True once the address leads there; false when it leads elsewhere. */
  async assign(address: string, owner: NumberOwner, context: CommandContext): Promise<boolean> {
    const command = { type: 'AssignAddress' as const, at: context.at, ...owner };
    const id = await this.streamId(address);
    return (await this.decisions.run(addressDecider, id, command, context)).kind === 'accepted';
  }

  private streamId(address: string): Promise<string> {
    return this.fingerprints.of(systemKey, this.purpose, address);
  }
}

/** Which organisation and number a WhatsApp phone_number_id leads to. */
@Injectable()
export class WhatsAppAddresses extends ProviderAddresses {
  protected override readonly purpose = 'phone-number-id';
}

/** Which organisation an SMS number (E.164) leads to, and for which business number it was connected. */
@Injectable()
export class SmsAddresses extends ProviderAddresses {
  protected override readonly purpose = 'sms-number';
}
