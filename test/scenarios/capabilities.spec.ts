import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CAPABILITIES, undeclaredResolvers, type Capability } from '#access';
import { Assembled } from '../harness/assembled.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { isSubscription, nobodys, rootFields, type RootField } from '../harness/root-fields.js';
import { Subscriber } from '../harness/subscriber.js';

jest.setTimeout(scenarioMsMax);

const organisation = 'acmemotors';
const missing = 'CAPABILITY_MISSING';

const needing = (capability: Capability) => ({
  fields: Object.entries(rootFields).filter(([, { needs }]) => needs === capability),
  others: CAPABILITIES.filter((each) => each !== capability),
});

let casement: Assembled;

beforeAll(async () => {
  casement = await Assembled.start();
});
afterAll(() => casement.remove());

/** The code that a field is refused with, as a value or as an error; null when it is answered. */
const refusal = async (field: string, row: RootField, token: string): Promise<string | null> => {
  // What comes after the capability is another matter.
  const variables = row.variables(nobodys);
  if (isSubscription(field)) {
    const { graphqlWsUrl } = casement.demo;
    const subscriber = new Subscriber<object>(graphqlWsUrl, token, row.document, variables);
    const code = await subscriber.refusal();
    await subscriber.close();
    return code ?? null;
  }
  const body = JSON.stringify({ query: row.document, variables });
  const { data, errors } = await casement.post<{
    readonly [field: string]: { readonly refusal?: { readonly code: string } | null } | null;
  }>(body, { authorization: `Bearer ${token}` });
  return errors[0]?.extensions.code ?? data?.[field]?.refusal?.code ?? null;
};

it('S20: every resolver and route says what it needs, or that it is open', () => {
  expect(undeclaredResolvers(casement.application)).toEqual([]);
});

describe.each(CAPABILITIES.map((capability) => [capability, needing(capability)] as const))(
  'S20: a token with everything but %s',
  (capability, { fields, others }) => {
    it.each(fields)('is refused %s', async (field, row) => {
      const token = await casement.memberWith(organisation, `without-${field}`, others);
      expect(await refusal(field, row, token)).toBe(missing);
    });

    // Whoever may listen to the inbox hears nothing until something happens.
    it.each(fields.filter(([field]) => field !== 'inboxChanged'))(
      'would not need the others for %s',
      async (field, row) => {
        const token = await casement.memberWith(organisation, `with-${field}`, [capability]);
        expect(await refusal(field, row, token)).not.toBe(missing);
      },
    );
  },
);
