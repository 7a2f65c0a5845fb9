import { describe, it } from '@jest/globals';
import { contactId, instant, type ContactId } from '#kernel';
import { given, knowsItsWords, laws } from '#kernel/spec';
import type { AddressClaimed, AddressReleased } from './events.js';
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

const claimedBy = (contact: ContactId): AddressClaimed => ({
  ...claimed,
  data: { kind: 'wa_id', contactId: contact },
});
const release = (contact = ann): IdentityCommand => ({
  type: 'ReleaseAddress',
  at: instant(1),
  kind: 'wa_id',
  contactId: contact,
});
const released: AddressReleased = {
  type: 'AddressReleased',
  at: instant(1),
  data: { kind: 'wa_id', contactId: ann },
};
/** It is Bob’s now, who is told to have it from `from`. */
const move = (from: ContactId): IdentityCommand => ({
  type: 'MoveAddress',
  at: instant(1),
  kind: 'wa_id',
  contactId: bob,
  from,
});

describe('an address', () => {
  it('is the first one’s who claims it', () => {
    given(identityDecider)().when(claim()).then(claimed);
    given(identityDecider)(claimed).when(claim()).thenNothing();
    given(identityDecider)(claimed)
      .when(claim(bob))
      .thenRejected('AddressClaimedByAnother', { contactId: ann });
  });

  it('is free once it is released, by whoever has it', () => {
    given(identityDecider)(claimed).when(release()).then(released);
    given(identityDecider)(claimed).when(release(bob)).thenNothing();
    given(identityDecider)(claimed, released).when(release()).thenNothing();
    given(identityDecider)(claimed, released).when(claim(bob)).then(claimedBy(bob));
  });

  it('goes over from whoever was seen to have it, and from nobody else', () => {
    given(identityDecider)(claimed).when(move(ann)).then(released, claimedBy(bob));
    given(identityDecider)().when(move(ann)).then(claimedBy(bob));
    given(identityDecider)(claimedBy(bob)).when(move(ann)).thenNothing();
    given(identityDecider)(claimed)
      .when(move(contactId('cleo')))
      .thenRejected('AddressClaimedByAnother', { contactId: ann });
  });

  const cases = {
    name: 'identity',
    histories: [[], [claimed]],
    commands: [claim(), claim(bob), release(), move(ann)],
  };
  for (const { name, check } of [
    ...laws(identityDecider, cases),
    knowsItsWords(identityDecider, cases),
  ])
    it(name, check);
});
