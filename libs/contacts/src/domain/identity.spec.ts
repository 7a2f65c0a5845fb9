import { describe, it } from '@jest/globals';
import { contactId, instant } from '#kernel';
import { given, laws } from '#kernel/spec';
import type { AddressClaimed } from './events.js';
import { identityDecider, type IdentityCommand } from './identity.js';

const ann = contactId('ann');
const bob = contactId('bob');
const claim = (contact = ann): IdentityCommand => ({
  type: 'ClaimAddress',
  at: instant(1),
  kind: 'wa_id',
  contactId: contact,
});
const claimed: AddressClaimed = {
  type: 'AddressClaimed',
  at: instant(1),
  data: { kind: 'wa_id', contactId: ann },
};

describe('an address', () => {
  it('is the first one’s who claims it, for ever', () => {
    given(identityDecider)().when(claim()).then(claimed);
    given(identityDecider)(claimed).when(claim()).thenNothing();
    given(identityDecider)(claimed)
      .when(claim(bob))
      .thenRejected('AddressClaimedByAnother', { contactId: ann });
  });

  const cases = { name: 'identity', histories: [[], [claimed]], commands: [claim(), claim(bob)] };
  for (const { name, check } of laws(identityDecider, cases)) it(name, check);
});
