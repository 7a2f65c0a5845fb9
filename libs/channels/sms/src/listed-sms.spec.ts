import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instant } from '#kernel';
import { readListed, writeListed } from './listed-sms.js';
import type { ListedSms } from './sender.js';

const sms: ListedSms = {
  sid: 'SM0123456789abcdef0123456789abcdef',
  direction: 'outbound',
  from: '+447700900500',
  to: '+447700900281',
  text: 'AcmeMotors: Update 🚗',
  at: instant(1_795_176_000_000),
  status: 'failed',
  providerStatus: 'undelivered',
  errorCode: '30005',
  segments: 1,
  price: { amount: '-0.0079', currency: 'USD' },
  mediaCount: 2,
};
const read = (changed: object) =>
  readListed(Buffer.from(JSON.stringify({ ...sms, ...changed }), 'utf8'));

describe('a message of Twilio’s list', () => {
  it('F23: comes back as it was kept', () => {
    expect(readListed(writeListed(sms))).toEqual({ kind: 'listed', sms });
    const bare = { ...sms, errorCode: null, segments: null, price: null, mediaCount: 0, text: '' };
    expect(readListed(writeListed(bare))).toEqual({ kind: 'listed', sms: bare });
  });

  it('may be of ours and come from a name', () => {
    expect(read({ from: 'ACME' })).toMatchObject({ kind: 'listed', sms: { from: 'ACME' } });
  });

  it.each([
    [{ sid: 'CA0123456789abcdef0123456789abcdef' }, 'no sid'],
    [{ direction: 'sideways' }, 'no direction'],
    [{ direction: 'inbound', from: 'ACME' }, 'from is no E.164 number'],
    [{ direction: 'inbound', to: '' }, 'to is no E.164 number'],
    [{ at: 'yesterday' }, 'no time'],
  ])('is unreadable with %j', (changed, reason) =>
    expect(read(changed)).toEqual({ kind: 'unreadable', reason }),
  );

  it('is read without throwing, whatever the bytes', () => {
    const bodies = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(fc.constantFrom(...Object.keys(sms)), fc.jsonValue())
        .map((changed) => Buffer.from(JSON.stringify({ ...sms, ...changed }))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const kept = readListed(body);
        if (kept.kind === 'listed') expect(readListed(writeListed(kept.sms))).toEqual(kept);
      }),
    );
  });
});
