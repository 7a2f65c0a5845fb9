import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formBytesMax, writeForm } from './form.js';
import { signForm, verifySignature, type SignedRequest } from './signature.js';

const TOKEN = '12345';
const URL_CALLED = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const fields = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const VECTOR = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

const verify = (changed: Partial<SignedRequest> = {}): boolean =>
  verifySignature({
    url: URL_CALLED,
    rawBody: writeForm(fields),
    header: VECTOR,
    authTokens: [TOKEN],
    ...changed,
  });

describe('X-Twilio-Signature', () => {
  it('S4: is what Twilio documents', () => {
    expect(signForm(URL_CALLED, writeForm(fields), TOKEN)).toBe(VECTOR);
    expect(verify()).toBe(true);
  });

  it('S6: is not looked for in a body that is larger than any of Twilio’s', () => {
    const named = 'Body='.length;
    for (const [length, isTaken] of [
      [formBytesMax - named, true],
      [formBytesMax - named + 1, false],
    ] as const) {
      const rawBody = writeForm({ Body: 'x'.repeat(length) });
      expect(verify({ rawBody, header: signForm(URL_CALLED, rawBody, TOKEN) })).toBe(isTaken);
    }
  });

  it('S4: does not depend on the order of the fields, but on each of them', () => {
    const { CallSid, ...others } = fields;
    expect(verify({ rawBody: writeForm({ ...others, CallSid }) })).toBe(true);
    expect(verify({ rawBody: writeForm({ ...fields, Extra: '1' }) })).toBe(false);
    expect(verify({ rawBody: writeForm(others) })).toBe(false);
    expect(verify({ rawBody: writeForm({ ...fields, Digits: '1235' }) })).toBe(false);
  });

  it.each([
    'https://mycompany.com/myapp.php?foo=1&bar=3',
    'http://mycompany.com/myapp.php?foo=1&bar=2',
    'https://elsewhere.com/myapp.php?foo=1&bar=2',
    'https://mycompany.com/myapp.php',
  ])('S4: is made for one address, and not for %s', (url) => expect(verify({ url })).toBe(false));

  it.each([
    ['https://a.example/sms', 'https://a.example:443/sms'],
    ['https://a.example:443/sms', 'https://a.example/sms'],
    ['http://a.example/sms?x=1', 'http://a.example:80/sms?x=1'],
    ['https://a.example:8443/sms', 'https://a.example/sms'],
    ['https://a.example:8443/sms', 'https://a.example:8443/sms'],
    ['https://a.example/sms#rc=3&rp=all', 'https://a.example/sms'],
    ['https://a.example', 'https://a.example:443'],
  ])('takes %s for %s, since Twilio signs with the port and without', (url, signed) => {
    const rawBody = writeForm(fields);
    expect(verify({ url, rawBody, header: signForm(signed, rawBody, TOKEN) })).toBe(true);
  });

  it('does not take another port for the default one', () => {
    const rawBody = writeForm(fields);
    const header = signForm('https://a.example:8443/sms', rawBody, TOKEN);
    expect(verify({ url: 'https://a.example/sms', rawBody, header })).toBe(false);
  });

  it('takes each value of a repeated field once, sorted', () => {
    const url = 'https://a.example/sms';
    const header = signForm(url, Buffer.from('M=a&M=b'), TOKEN);
    expect(verify({ url, header, rawBody: Buffer.from('M=b&M=a&M=b') })).toBe(true);
    expect(verify({ url, header, rawBody: Buffer.from('M=b') })).toBe(false);
  });

  it('is made over decoded fields: emoji, plus, percent and accents', () => {
    const body = { Body: 'Schön + 100 % 🚗 & more=', From: '+447700900281' };
    const header = signForm(URL_CALLED, writeForm(body), TOKEN);
    const other = 'Body=Sch%C3%B6n%20%2B%20100%20%25%20%F0%9F%9A%97%20%26%20more%3D';
    expect(verify({ header, rawBody: writeForm(body) })).toBe(true);
    const rawBody = Buffer.from(`${other}&From=%2b447700900281`);
    expect(verify({ header, rawBody })).toBe(true);
  });

  it('S2: is taken from the current token and from the previous one, and from no third', () => {
    expect(verify({ authTokens: ['new', TOKEN] })).toBe(true);
    expect(verify({ authTokens: ['new', 'newer'] })).toBe(false);
    expect(verify({ authTokens: [] })).toBe(false);
    const rawBody = writeForm(fields);
    const header = signForm(URL_CALLED, rawBody, 'x').replace(/./, 'A');
    expect(verify({ authTokens: [''], rawBody, header })).toBe(false);
  });

  it.each([undefined, '', VECTOR.slice(0, -1), `${VECTOR}=`, `sha1=${VECTOR}`, ` ${VECTOR}`, '🚗'])(
    'is not %j',
    (header) => expect(verify({ header })).toBe(false),
  );

  it('S4: of a body that is no form stands for its SHA-256 in the address', () => {
    const rawBody = Buffer.from('{"a":"é"}');
    const digest = createHash('sha256').update(rawBody).digest('hex');
    const url = `https://a.example/events?bodySHA256=${digest}`;
    const header = signForm(url, Buffer.alloc(0), TOKEN);
    expect(verify({ url, header, rawBody })).toBe(true);
    expect(verify({ url, header, rawBody: Buffer.from('{"a":"e"}') })).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), fc.string(), (url, bytes, header) => {
        expect(verify({ url, rawBody: Buffer.from(bytes), header })).toBe(false);
      }),
    );
  });
});
