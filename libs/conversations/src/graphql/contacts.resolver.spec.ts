import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERASED, contactId, organisationId, type DomainEvent } from '#kernel';
import { acme, noon } from '../spec/people.js';
import { anyContext, ann, resolversOf, type Resolvers } from '../spec/reading.js';
import { openViews, type Views } from '../spec/views.js';

const other = organisationId('other');

let views: Views;
let resolvers: Resolvers;

type Known = {
  readonly name?: string | typeof ERASED;
  readonly waId?: string;
  readonly phone?: string;
};

const meet = async (id: string, known: Known, organisation = acme): Promise<void> => {
  const { name, waId, phone } = known;
  const facts: DomainEvent[] = [
    { type: 'ContactMet', at: noon, data: { contactId: contactId(id) } },
  ];
  const learned = (kind: string, address: string): DomainEvent => ({
    type: 'ContactAddressLearned',
    at: noon,
    data: { kind, address },
  });
  if (waId) facts.push(learned('wa_id', waId));
  if (phone) facts.push(learned('phone', phone));
  if (name)
    facts.push({ type: 'ContactProfileNameChanged', at: noon, data: { profileName: name } });
  const stream = `contact-${organisation}-${id}`;
  await views.record(facts, { stream, organisationId: organisation });
};

const found = async (search: string | null, as = ann): Promise<readonly (string | null)[]> =>
  (await resolvers.contacts.list(as, anyContext, { search })).nodes.map(({ id }) => id);

beforeAll(async () => {
  views = await openViews();
  await meet('zoe', { name: 'Zoe', waId: '447700900001' });
  await meet('ada', { name: 'ada Lovelace', waId: '447700900002' });
  await meet('unal', { name: 'ÜNAL', phone: '+447700900003' });
  await meet('nameless', { waId: '447700900004' });
  await meet('twin', { name: 'Zoe', waId: '33612345678' });
  await meet('percent', { name: '100% Zoe' });
  await meet('gone', { name: ERASED });
  await meet('theirs', { name: 'Zoe', waId: '447700900001' }, other);
  resolvers = resolversOf(views);
});
afterAll(() => views.close());

describe('contacts', () => {
  it('are listed by name, those without one by their number', async () => {
    const all = ['gone', 'percent', 'nameless', 'ada', 'twin', 'zoe', 'unal'];
    expect(await found(null)).toEqual(all);
    expect(await found('  ')).toEqual(all);
  });

  it('R146: show their number with the name', async () => {
    const { nodes } = await resolvers.contacts.list(ann, anyContext, { search: 'lovelace' });
    expect(nodes).toEqual([{ id: 'ada', name: 'ada Lovelace', phone: '+447700900002' }]);
  });

  it.each([
    ['zoe', ['percent', 'twin', 'zoe']],
    ['ünal', ['unal']],
    ['%', ['percent']],
    ['_', []],
    ['0900', ['nameless', 'ada', 'zoe', 'unal']],
    ['+44 7700 900-003', ['unal']],
    ['447700900001', ['zoe']],
    ['00', ['percent']],
    ['678', ['twin']],
  ])('are found by name or by three digits: %j', async (search, ids) => {
    expect(await found(search)).toEqual(ids);
  });

  it('come in pages, each contact once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const page: Awaited<ReturnType<Resolvers['contacts']['list']>> =
        await resolvers.contacts.list(ann, anyContext, { first: 2, after });
      seen.push(...page.edges.map(({ node }) => node.id));
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      more = page.pageInfo.hasNextPage;
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(await found(null));
  });

  it('P20: are the organisation’s own, and so are cursors', async () => {
    const stranger = { ...ann, organisationId: other };
    expect(await found('zoe', stranger)).toEqual(['theirs']);
    const { pageInfo } = await resolvers.contacts.list(ann, anyContext, { first: 1 });
    await expect(
      resolvers.contacts.list(stranger, anyContext, { after: pageInfo.endCursor }),
    ).rejects.toMatchObject({ extensions: { code: 'CURSOR_EXPIRED' } });
  });
});
