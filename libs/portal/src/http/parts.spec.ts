import { describe, expect, it } from '@jest/globals';
import { Attempts } from './attempts.js';
import { fill, html } from './markup.js';
import { networkOf } from './network.js';
import { comesFromOwnPage } from './own-page.js';
import { keyFrom, writtenText } from './written-text.js';

describe('attempts', () => {
  const counted = (over: { readonly max?: number; readonly keysMax?: number } = {}) => {
    const time = { nowMs: 0 };
    const rule = { max: 2, periodMs: 1_000, keysMax: 3, ...over };
    return { time, attempts: new Attempts(rule, () => time.nowMs) };
  };

  it('S30: are refused when there were as many in the period, and not a millisecond longer', () => {
    const { time, attempts } = counted();
    expect(attempts.admit('a')).not.toBeNull();
    time.nowMs = 500;
    expect(attempts.admit('a')).not.toBeNull();
    time.nowMs = 999;
    expect(attempts.admit('a')).toBeNull();
    expect(attempts.isSpent('a')).toBe(true);
    expect(attempts.admit('b')).not.toBeNull();
    time.nowMs = 1_000;
    expect(attempts.admit('a')).not.toBeNull();
    expect(attempts.admit('a')).toBeNull();
  });

  it('do not count once they are forgiven', () => {
    const { attempts } = counted({ max: 1 });
    attempts.admit('a')?.forgive();
    expect(attempts.admit('a')).not.toBeNull();
    expect(attempts.admit('a')).toBeNull();
  });

  it('S30: are remembered for a bounded number of keys, the longest silent forgotten first', () => {
    const { attempts } = counted({ max: 1 });
    for (const key of ['a', 'b', 'c', 'd']) attempts.admit(key);
    expect(['a', 'b', 'c', 'd'].map((key) => attempts.isSpent(key))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['odd', 'odd'],
  ])('S30: of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('a post of our own', () => {
  const host = 'portal.example';
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://portal.example' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ origin: 'https://portal.example' }, true],
    [{ origin: 'https://links.example' }, true],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'not an origin' }, false],
    [{ origin: 'null' }, true],
    [{}, true],
  ])('is known by %j: %s', (headers, isOwn) =>
    expect(comesFromOwnPage({ host, ...headers }, 'https://links.example')).toBe(isOwn),
  );
});

describe('what a customer wrote', () => {
  it('is 1 to 4,096 characters, an emoji being one', () => {
    expect(writtenText('', 4_096).kind).toBe('wrong');
    expect(writtenText(' \r\n\t ', 4_096).kind).toBe('wrong');
    expect(writtenText('x', 4_096).kind).toBe('text');
    expect(writtenText('👍'.repeat(4_096), 4_096).kind).toBe('text');
    expect(writtenText('👍'.repeat(4_097), 4_096)).toMatchObject({
      says: 'A message has at most 4,096 characters. This one has 4,097.',
    });
  });

  it('loses the spaces around it, the odd line ends and what no eye can see', () => {
    expect(writtenText(' a\r\nb\u0000\u001b[2J\u007f ', 99)).toEqual({
      kind: 'text',
      text: 'a\nb[2J',
    });
  });

  it('has a key of a known shape, or none', () => {
    expect(keyFrom('0b0e7c1a-8d1f-4b8e-9d5b-1e7a2c3d4e5f')).not.toBeNull();
    for (const odd of [null, '', 'short', 'x'.repeat(65), 'with space', 'a/b/c/d/e']) {
      expect(keyFrom(odd)).toBeNull();
    }
  });
});

describe('markup', () => {
  it('escapes whatever is put into it, in text and in attributes', () => {
    const bad = `<b a="1" b='2'>&`;
    const good = '&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;';
    expect(html`<p>${bad}</p>`.text).toBe(`<p>${good}</p>`);
    expect(fill('<p>{{bad}}</p>', { bad }).text).toBe(`<p>${good}</p>`);
    expect(html`${html`<i>${1}</i>`}${[html`<b></b>`]}`.text).toBe('<i>1</i><b></b>');
  });

  it('fills in once: what it filled in is no template', () => {
    expect(fill('{{a}}{{b}}', { a: '{{b}}', b: '$&' }).text).toBe('{{b}}$&amp;');
    expect(() => fill('{{a}}', {})).toThrow('asks for a');
  });
});
