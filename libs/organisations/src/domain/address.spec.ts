import { describe, it } from '@jest/globals';
import { instant, numberId, organisationId } from '#kernel';
import { given, laws } from '#kernel/spec';
import { addressDecider, type AddressCommand } from './address.js';
import type { AddressAssigned } from './events.js';

const assign = (organisation = 'acme', number = 'number1'): AddressCommand => ({
  type: 'AssignAddress',
  at: instant(1),
  organisationId: organisationId(organisation),
  numberId: numberId(number),
});
const assigned: AddressAssigned = {
  type: 'AddressAssigned',
  at: instant(1),
  data: { organisationId: organisationId('acme'), numberId: numberId('number1') },
};

describe('an address of a provider', () => {
  it('leads where it was first led', () => {
    given(addressDecider)().when(assign()).then(assigned);
    given(addressDecider)(assigned).when(assign()).thenNothing();
  });

  it('S: is never led elsewhere, to another organisation or another number', () => {
    given(addressDecider)(assigned).when(assign('other')).thenRejected('AddressAssignedToAnother');
    given(addressDecider)(assigned)
      .when(assign('acme', 'number2'))
      .thenRejected('AddressAssignedToAnother');
  });

  const commands = [assign(), assign('other')];
  for (const { name, check } of laws(addressDecider, {
    name: 'address',
    histories: [[], [assigned]],
    commands,
  }))
    it(name, check);
});
