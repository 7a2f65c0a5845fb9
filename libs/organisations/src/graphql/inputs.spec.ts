import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { UpdateOrganisationSettingsInput } from './inputs.js';

const wrong = (told: object): readonly string[] =>
  validateSync(Object.assign(new UpdateOrganisationSettingsInput(), told)).map(
    ({ property }) => property,
  );

describe('what a client may say of settings', () => {
  it.each([
    {},
    { expiredWindowPolicy: 'BRIDGE_SMS', smsName: 'Acme', clientMutationId: 'm'.repeat(200) },
    { expiredWindowPolicy: null, smsName: null, clientMutationId: null },
  ])('%j is in order', (told) => expect(wrong(told)).toEqual([]));

  it.each([
    [{ expiredWindowPolicy: 'NONE' }, 'expiredWindowPolicy'],
    [{ smsName: 7 }, 'smsName'],
    [{ clientMutationId: 'm'.repeat(201) }, 'clientMutationId'],
  ])('%j is bad input, and %s is named', (told, field) => expect(wrong(told)).toEqual([field]));
});
