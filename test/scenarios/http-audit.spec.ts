import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { read } from '../repository.js';
import { printed, snapshotPath } from '../schema/served.js';

jest.setTimeout(scenarioMsMax);

type Headers = { readonly [name: string]: string };

let casement: Casement;
beforeAll(async () => {
  casement = await Casement.start();
});
afterAll(() => casement.remove());

/** Runs the whole suite, one after the other; everything that is not as it should be. */
const complaints = async (headers: Headers): Promise<readonly string[]> => {
  const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, headers: { ...(init.headers as Headers), ...headers } });
  const found: string[] = [];
  const audits = serverAudits({ url: casement.demo.graphqlUrl, fetchFn });
  expect(audits.length).toBeGreaterThan(60);
  for (const audit of audits) {
    const { status, name } = await audit.fn();
    if (status !== 'ok') found.push(`${status} ${audit.id}: ${name}`);
  }
  return found;
};

describe('the schema that is served', () => {
  it('GQ14: is the one in docs/schema.graphql, descriptions and all', async () => {
    const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true });
    const served = await casement.gql<IntrospectionQuery>('agent', query);
    expect(printed(buildClientSchema(served))).toBe(read(snapshotPath));
  });
});

describe('GraphQL over HTTP, by the audits of its specification', () => {
  it('GQ9: finds nothing at all with a client that may not be any page’s', async () => {
    expect(await complaints({ 'apollo-require-preflight': '1' })).toEqual([]);
  });

  it('GQ9: finds no error and no warning, and that a plain GET is not taken', async () => {
    // Any page could send one. With a header that only our own clients can add, it is taken.
    expect(await complaints({})).toEqual([
      expect.stringMatching(/^notice 5A70: MAY accept .* GET requests$/),
      expect.stringMatching(/^notice D6D5: MAY allow .* in GETs/),
      expect.stringMatching(/^notice 6A70: MAY allow .* in GETs/),
    ]);
  });
});
