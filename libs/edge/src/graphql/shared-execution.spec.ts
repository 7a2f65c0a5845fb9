import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import type { KnownAuthentication } from '#access';
import { SharedExecution, Told, contextOfGroup, groupOf } from './shared-execution.js';

const member = (change: Partial<KnownAuthentication['principal']> = {}): KnownAuthentication => ({
  kind: 'known',
  subject: 'ada',
  expiresAtMs: 1,
  principal: {
    kind: 'staff',
    id: 'ada',
    organisationId: 'acme',
    capabilities: new Set(['messages.view']),
    name: 'Ada',
    ...change,
  },
});

const query = `subscription Ticks($after: Int, $words: Boolean = true) {
  ticks(after: $after) { number words @include(if: $words) }
}`;
const group = (
  variables: { readonly [name: string]: unknown } = {},
  authentication = member(),
  text = query,
): string => groupOf({ query: text, variables }, parse(text), authentication);

describe('the group of a subscription', () => {
  it('is the same for members who may do the same, whoever they are', () => {
    expect(group({}, member({ id: 'bob', name: 'Bob' }))).toBe(group());
  });

  it('is another in another organisation, for another kind and with other capabilities', () => {
    const capabilities = new Set(['messages.view', 'messages.send']);
    const others = [{ organisationId: 'other' }, { kind: 'embedded' as const }, { capabilities }];
    for (const change of others) expect(group({}, member(change))).not.toBe(group());
  });

  it('is the same wherever it begins, and another with whatever else is asked for', () => {
    expect(group({ after: 7 })).toBe(group({ after: 8 }));
    expect(group({ words: false })).not.toBe(group({ words: true }));
    expect(group({}, member(), query.replace('number', 'n: number'))).not.toBe(group());
  });

  it('is another when what says where it begins also says what is shown', () => {
    const both = query.replace('number', 'number(than: $after)');
    expect(group({ after: 7 }, member(), both)).not.toBe(group({ after: 8 }, member(), both));
    const spread =
      'subscription($after: Int) { ...All } fragment All on Subscription { ticks(after: $after) }';
    expect(group({ after: 7 }, member(), spread)).not.toBe(group({ after: 8 }, member(), spread));
  });

  it('has a context in which nobody in particular looks', () => {
    const { authentication } = contextOfGroup(member());
    expect(JSON.stringify(authentication)).not.toMatch(/ada/i);
    expect(authentication).toMatchObject({ principal: { organisationId: 'acme', kind: 'staff' } });
  });
});

describe('a shared execution', () => {
  const schema = buildSchema('type Query { a: Int } type Subscription { tick: Int! fails: Int! }');
  let executions = 0;
  const change = () => ({ tick: () => (executions += 1), fails: () => null });
  const asked = (text: string) => ({ schema, document: parse(text) });
  const sent = (told: Told) => told.message('[')?.toString();

  it('runs once for all who are told of the same change in the same group', async () => {
    const shared = new SharedExecution();
    const [one, other] = [change(), change()];
    executions = 0;
    const args = asked('subscription { tick }');
    const [first, second] = await Promise.all([
      shared.of(one, args, 'g'),
      shared.of(one, args, 'g'),
    ]);
    expect([sent(first), sent(second)]).toEqual(['[{"data":{"tick":1}}}', '[{"data":{"tick":1}}}']);
    expect(sent(await shared.of(one, args, 'h'))).toBe('[{"data":{"tick":2}}}');
    expect(sent(await shared.of(other, args, 'g'))).toBe('[{"data":{"tick":3}}}');
    expect(sent(await shared.of(one, args, 'g'))).toBe('[{"data":{"tick":1}}}');
  });

  it('writes out nothing that holds an error: each reader is told in words of their own', async () => {
    const told = await new SharedExecution().of(change(), asked('subscription { fails }'), 'g');
    expect(told.message('')).toBeNull();
    expect(told.result.errors).toHaveLength(1);
  });
});

describe('what is told', () => {
  it('is written out once for all who begin alike, and anew for who begins otherwise', () => {
    const told = new Told({ data: { ticks: 1 } });
    const first = told.message('{"id":"1","payload":');
    expect(first?.toString()).toBe('{"id":"1","payload":{"data":{"ticks":1}}}');
    expect(told.message('{"id":"1","payload":')).toBe(first);
    expect(told.message('{"id":"2","payload":')?.toString()).toContain('"2"');
    expect(told.message('{"id":"1","payload":')).toEqual(first);
  });
});
