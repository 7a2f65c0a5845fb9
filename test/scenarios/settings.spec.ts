import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement, type TokenName } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;

beforeAll(async () => {
  casement = await Casement.start();
});
afterAll(() => casement.remove());

type Settings = {
  readonly expiredWindowPolicy: string;
  readonly smsNumber: string | null;
  readonly smsName: string | null;
};
type Payload = {
  readonly clientMutationId: string | null;
  readonly position: string | null;
  readonly refusal: { readonly code: string; readonly field?: string } | null;
  readonly organisation: Settings | null;
};

const fields = 'expiredWindowPolicy smsNumber smsName';
const mutation = `mutation ($input: UpdateOrganisationSettingsInput!) {
  updateOrganisationSettings(input: $input) {
    clientMutationId position organisation { ${fields} }
    refusal { code message ... on InvalidContentRefusal { field limit actual } } } }`;

const update = async (input: object, as: TokenName = 'manager'): Promise<Payload> =>
  (
    await casement.gql<{ readonly updateOrganisationSettings: Payload }>(as, mutation, {
      input,
    })
  ).updateOrganisationSettings;
const settings = async (as: TokenName = 'viewer'): Promise<Settings> =>
  (
    await casement.gql<{ readonly viewer: { readonly organisation: Settings } }>(
      as,
      `{ viewer { organisation { ${fields} } } }`,
    )
  ).viewer.organisation;

const initial = { expiredWindowPolicy: 'BRIDGE_SMS', smsNumber: '+447700900800', smsName: null };

describe('the settings of an organisation', () => {
  it('C04, R078: the demo bridges by SMS from a number of its own; the other has none', async () => {
    expect(casement.demo).toMatchObject({ smsNumber: '+447700900800' });
    expect(await settings()).toEqual(initial);
    expect(await settings('otherOrganisation')).toMatchObject({ smsNumber: null });
  });

  it.each(['agent', 'embedded'] as const)('R153: %s may not change them', async (as) => {
    const input = { smsName: 'Mine', clientMutationId: 'm' };
    expect(await update(input, as)).toMatchObject({
      clientMutationId: 'm',
      position: null,
      refusal: { code: 'CAPABILITY_MISSING' },
      organisation: null,
    });
    expect(await settings()).toEqual(initial);
  });

  it('R079: a name that no SMS can write is refused, and nothing is changed', async () => {
    const refused = await update({ expiredWindowPolicy: 'REQUIRE_TEMPLATE', smsName: ' … ' });
    expect(refused).toMatchObject({
      position: null,
      refusal: { code: 'CONTENT_INVALID', field: 'smsName' },
      organisation: initial,
    });
    expect(await settings()).toEqual(initial);
  });

  it('C04: what is given is changed, what is absent stays, and null clears the name', async () => {
    const named = await update({ smsName: '  Acme ', clientMutationId: 'm' });
    expect(named).toMatchObject({ clientMutationId: 'm', refusal: null });
    expect(named.position).toEqual(expect.any(String));
    expect(named.organisation).toEqual({ ...initial, smsName: 'Acme' });

    const chosen = { ...initial, expiredWindowPolicy: 'REQUIRE_TEMPLATE', smsName: 'Acme' };
    const policy = await update({ expiredWindowPolicy: 'REQUIRE_TEMPLATE' });
    expect(policy.organisation).toEqual(chosen);
    expect((await update({})).position).toBeNull();
    await casement.stop();
    await casement.restart();
    expect(await settings()).toEqual(chosen);

    const both = await update({ expiredWindowPolicy: 'BRIDGE_SMS', smsName: null });
    expect(both.organisation).toEqual(initial);
    expect(await settings('otherOrganisation')).toMatchObject({ smsName: null });
  });
});
