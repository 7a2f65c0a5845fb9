import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readForm, writeForm } from './form.js';
import { keywordOf, readInbound, readReceipt } from './inbound.js';

const SID = 'SM0123456789abcdef0123456789abcdef';
const message = {
  ToCountry: 'GB',
  MessageSid: SID,
  SmsSid: SID,
  AccountSid: 'AC0123456789abcdef0123456789abcdef',
  From: '+447700900281',
  To: '+447700900500',
  Body: 'Yes please 🚗',
  NumMedia: '0',
  NumSegments: '1',
  SmsStatus: 'received',
  ApiVersion: '2010-04-01',
};
const inbound = (changed: { readonly [name: string]: string }) =>
  readInbound(readForm(writeForm({ ...message, ...changed })));
const receipt = (fields: { readonly [name: string]: string }) =>
  readReceipt(readForm(writeForm(fields)));

describe('an SMS of a customer', () => {
  it('R100: is read with its sender, our number and its text', () => {
    expect(inbound({})).toEqual({
      kind: 'message',
      sid: SID,
      from: '+447700900281',
      to: '+447700900500',
      text: 'Yes please 🚗',
      mediaCount: 0,
      keyword: null,
    });
  });

  it('may be pictures without words', () => {
    expect(inbound({ Body: '', NumMedia: '2' })).toMatchObject({ text: '', mediaCount: 2 });
  });

  it.each([
    [{ MessageSid: '', SmsSid: '' }, 'no MessageSid'],
    [{ MessageSid: 'SM1' }, 'no MessageSid'],
    [{ From: 'INFO' }, 'From is no E.164 number'],
    [{ From: 'whatsapp:+447700900281' }, 'From is no E.164 number'],
    [{ From: '+0447700900281' }, 'From is no E.164 number'],
    [{ To: '' }, 'To is no E.164 number'],
  ])('is unreadable with %j', (changed, reason) =>
    expect(inbound(changed)).toEqual({ kind: 'unreadable', reason }),
  );

  it.each([
    ['STOP', 'stop'],
    [' stop\n', 'stop'],
    ['Unsubscribe', 'stop'],
    ['END', 'stop'],
    ['quit', 'stop'],
    ['StopAll', 'stop'],
    ['REVOKE', 'stop'],
    ['OPTOUT', 'stop'],
    ['cancel', 'stop'],
    ['START', 'start'],
    ['yes', 'start'],
    ['Unstop', 'start'],
    ['HELP', 'help'],
    ['info', 'help'],
    ['STOP please', null],
    ['stop.', null],
    ['', null],
    ['constructor', null],
  ])('Q16: %j asks for %s', (text, keyword) => {
    expect(keywordOf(text)).toBe(keyword);
    expect(inbound({ Body: text })).toMatchObject({ keyword, text });
  });

  it('Q16: asks for what Twilio took it for, when the account has words of its own', () => {
    expect(inbound({ Body: 'Arrêt', OptOutType: 'STOP' })).toMatchObject({ keyword: 'stop' });
  });
});

describe('a status callback', () => {
  it.each([
    ['queued', null],
    ['accepted', null],
    ['scheduled', null],
    ['sending', null],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    ['read', 'read'],
    ['partially_delivered', null],
    ['Delivered', 'delivered'],
  ])('R104: that says %s means %s', (providerStatus, status) =>
    expect(receipt({ MessageSid: SID, MessageStatus: providerStatus })).toEqual({
      kind: 'receipt',
      sid: SID,
      status,
      providerStatus,
      error: null,
    }),
  );

  it('R106: carries the error', () => {
    const failed = { MessageSid: SID, MessageStatus: 'undelivered', ErrorCode: '30005' };
    expect(receipt(failed)).toMatchObject({
      status: 'failed',
      error: {
        said: { code: '30005', message: null },
        errorClass: { reason: 'invalid_phone_number', retry: 'never', retryable: false },
      },
    });
    expect(receipt({ ...failed, ErrorMessage: 'Unknown' })).toMatchObject({
      error: { said: { message: 'Unknown' } },
    });
    expect(receipt({ ...failed, ErrorCode: '0' })).toMatchObject({ error: null });
  });

  it('is unreadable without an id or a status', () => {
    expect(receipt({ MessageStatus: 'sent' }).kind).toBe('unreadable');
    expect(receipt({ MessageSid: SID }).kind).toBe('unreadable');
  });
});

describe('whatever is posted', () => {
  it('is read without throwing', () => {
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.string().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bodies, (bytes) => {
        const form = readForm(Buffer.from(bytes));
        expect(readInbound(form).kind).toBe('unreadable');
        expect(readReceipt(form).kind).toBe('unreadable');
      }),
    );
  });

  it('is read up to 500 fields', () => {
    const many = (count: number): Buffer =>
      Buffer.from(Array.from({ length: count }, (_, index) => `f${index}=1`).join('&'));
    expect(readForm(many(500)).size).toBe(500);
    expect(readForm(many(501)).size).toBe(500);
  });
});
