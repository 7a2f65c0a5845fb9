import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readStatusQuery, writeStatusQuery } from './status-query.js';

const id = fc.stringMatching(/^[a-z0-9]{1,64}$/);

describe('the query of a status callback', () => {
  it('names the organisation and the attempt', () => {
    const place = { organisation: 'acme', attempt: '1.thread1.reply1.3' };
    expect(writeStatusQuery(place)).toBe('organisation=acme&attempt=1.thread1.reply1.3');
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(id, id, id, fc.integer({ min: 1, max: 9_999_999 }), (organisation, t, m, n) => {
        const place = { organisation, attempt: `1.${t}.${m}.${n}` };
        expect(readStatusQuery(writeStatusQuery(place))).toEqual(place);
      }),
    );
  });

  it.each([
    '',
    'organisation=acme',
    'attempt=1.t.m.1',
    'attempt=1.t.m.1&organisation=acme',
    '?organisation=acme&attempt=1.t.m.1',
    'organisation=acme&attempt=1.t.m.1&more=1',
    'organisation=acme&attempt=1.t.m.1\n',
    'organisation=&attempt=1.t.m.1',
    'organisation=Acme&attempt=1.t.m.1',
    'organisation=acme&attempt=1.t.m.0',
    'organisation=acme&attempt=2.t.m.1',
    `organisation=${'a'.repeat(65)}&attempt=1.t.m.1`,
    'organisation=acme&attempt=1%2Et.m.1',
  ])('is not ours when it reads %j', (query) => expect(readStatusQuery(query)).toBeNull());

  it('never makes anything of what somebody else wrote there, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        const place = readStatusQuery(query);
        if (place) expect(writeStatusQuery(place)).toBe(query);
      }),
    );
  });
});
