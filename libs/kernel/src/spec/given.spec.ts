import { describe, expect, it } from '@jest/globals';
import { reject, type Decider, type DomainEvent, type Rejection } from '../decider.js';
import type { Deadlines, Policy, Projection } from '../followers.js';
import { epochMs, instant } from '../instant.js';
import { comparePositions } from '../recorded.js';
import { given } from './given.js';
import { recorded } from './recorded.js';

type Opened = DomainEvent<'Opened', { readonly by: string }>;
type Closed = DomainEvent<'Closed', Record<string, never>>;
type Door = { readonly open: boolean };
type Open = { readonly open: string };

const noon = instant(43_200_000);
const opened = (by: string): Opened => ({ type: 'Opened', at: noon, data: { by } });
const closed: Closed = { type: 'Closed', at: noon, data: {} };

const door: Decider<Door, Open, Opened | Closed, Rejection<'Locked', { readonly who: string }>> = {
  name: 'door',
  initial: { open: false },
  decide: ({ open }, { open: who }) => {
    if (who === 'thief') return reject('Locked', { who });
    return open ? [] : [opened(who)];
  },
  evolve: (_, event) => ({ open: event.type === 'Opened' }),
};

const porter: Policy<Opened | Closed, Open> = {
  kind: 'policy',
  name: 'porter',
  streams: ['door-'],
  types: ['Opened'],
  whenever: (fact) => {
    if (fact.type === 'Closed') throw new Error('never handed over');
    const { by } = fact.data;
    return by === '?'
      ? [{ key: 'k', item: '0', unreadable: 'no name' }]
      : [{ key: 'k', item: '0', command: { open: by } }];
  },
};

const visits: Projection<Opened | Closed, { id: string; count: number }> = {
  kind: 'projection',
  name: 'visits',
  version: 1,
  streams: ['door-'],
  types: ['Opened', 'Closed'],
  table: { name: 'visits', columns: { id: 'text', count: 'integer' }, key: 'id', indexes: [] },
  keys: (fact) => (fact.type === 'Opened' ? [fact.data.by] : ['ann']),
  project: (row, fact, key) =>
    fact.type === 'Closed' ? undefined : { id: key, count: (row?.count ?? 0) + 1 },
};

const closing: Deadlines<Opened | Closed, string> = {
  kind: 'deadlines',
  name: 'closing',
  streams: ['door-'],
  types: ['Opened', 'Closed'],
  schedule: (fact) =>
    fact.type === 'Opened'
      ? [
          {
            key: fact.data.by,
            due: { at: instant(epochMs(fact.at) + 1000), command: `close after ${fact.data.by}` },
          },
        ]
      : [{ key: 'ann', due: null }],
};

describe('given a decider', () => {
  it('accepts a sentence that is true', () => {
    given(door)().when({ open: 'ann' }).then(opened('ann'));
    given(door)(opened('ann')).when({ open: 'bob' }).thenNothing();
    given(door)().when({ open: 'thief' }).thenRejected('Locked');
    given(door)().when({ open: 'thief' }).thenRejected('Locked', { who: 'thief' });
  });

  it('refuses other facts, other details, and a refusal that did not come', () => {
    expect(() => given(door)().when({ open: 'ann' }).then(opened('bob'))).toThrow();
    expect(() => given(door)().when({ open: 'ann' }).then()).toThrow();
    expect(() => given(door)().when({ open: 'ann' }).thenNothing()).toThrow();
    expect(() => given(door)().when({ open: 'ann' }).thenRejected('Locked')).toThrow('accepted');
    const thief = given(door)().when({ open: 'thief' });
    expect(() => thief.thenRejected('Locked', { who: 'ann' })).toThrow('refused');
    expect(() => thief.thenNothing()).toThrow();
  });
});

describe('given a policy', () => {
  it('tells what it asks for, and what it could not read', () => {
    given(porter).whenever(opened('ann')).then({ open: 'ann' });
    given(porter)
      .whenever(opened('ann'))
      .thenAsked({ key: 'k', item: '0', command: { open: 'ann' } });
    given(porter).whenever(opened('?')).thenUnreadable('no name');
    expect(() => given(porter).whenever(opened('?')).then()).toThrow();
    expect(() => given(porter).whenever(opened('ann')).thenNothing()).toThrow();
  });

  it('shows it neither types nor streams that it does not follow', () => {
    given(porter).whenever(closed).thenNothing();
    given(porter)
      .whenever(recorded(opened('ann'), { stream: 'gate-1' }))
      .thenNothing();
  });
});

describe('given a projection', () => {
  it('folds the facts that name the key, and no others', () => {
    given(visits)(opened('ann'), opened('bob'), opened('ann')).shows('ann', {
      id: 'ann',
      count: 2,
    });
    given(visits)(opened('ann'), closed).shows('ann', undefined);
    expect(() => given(visits)(opened('ann')).shows('ann', { id: 'ann', count: 2 })).toThrow();
  });
});

describe('given deadlines', () => {
  it('are due from their very millisecond on, the earliest first', () => {
    const at = (ms: number) => instant(epochMs(noon) + ms);
    given(closing)(opened('ann')).at(at(999)).thenNothing();
    given(closing)(opened('ann')).at(at(1000)).then('close after ann');
    given(closing)(opened('ann'), closed).at(at(1000)).thenNothing();
    given(closing)({ ...opened('bob'), at: at(1) }, opened('ann'))
      .at(at(1001))
      .then('close after ann', 'close after bob');
    expect(() => given(closing)(opened('ann')).at(at(1000)).thenNothing()).toThrow();
  });
});

describe('recorded', () => {
  it('gives each fact a later position and keeps what is overridden', () => {
    const first = recorded(opened('ann'));
    const second = recorded(closed, { stream: 'door-7', metadata: { correlationId: 'c' } });
    expect(comparePositions(first.position, second.position)).toBe(-1);
    expect(second).toMatchObject({ type: 'Closed', stream: 'door-7' });
    expect(second.metadata).toMatchObject({ correlationId: 'c', organisationId: 'acme' });
  });
});
