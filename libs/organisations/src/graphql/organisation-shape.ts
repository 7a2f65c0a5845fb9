import type { OrganisationId } from '#kernel';
import type { Organisation } from '../domain/organisation.js';
import { numberShape } from './number-shape.js';

/** An organisation as clients see it. */
export const organisationShape = (id: OrganisationId, organisation: Organisation) => ({
  id,
  name: organisation.name ?? '',
  numbers: organisation.numbers.toList().map(numberShape).toArray(),
  expiredWindowPolicy: organisation.expiredWindowPolicy,
  smsNumber: organisation.smsNumbers.first() ?? null,
  smsName: organisation.smsName,
});
