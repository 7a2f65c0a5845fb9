import { describe, expect, it } from '@jest/globals';
import { FairShare, preferred } from './fair-share.js';

const leases = Array.from({ length: 300 }, (_, number) => `follower-${number}`);

const shares = (owners: readonly string[]) =>
  owners.map((owner) => leases.filter((lease) => preferred(lease, owners) === owner));

describe('who should hold a lease', () => {
  it('is the same whoever asks, and everybody has about as many', () => {
    for (const count of [1, 2, 3, 5]) {
      const owners = Array.from({ length: count }, (_, number) => `worker-${number}`);
      const sizes = shares(owners).map(({ length }) => length);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(leases.length);
      for (const size of sizes)
        expect(Math.abs(size - leases.length / count)).toBeLessThan(leases.length / 8);
      for (const lease of leases)
        expect(preferred(lease, owners.toReversed())).toBe(preferred(lease, owners));
    }
  });

  it('stays who it is when another comes or goes', () => {
    const [one = [], , three = []] = shares(['a', 'b', 'c']);
    const [oneLater = [], threeLater = []] = shares(['a', 'c']);
    for (const lease of one) expect(oneLater).toContain(lease);
    for (const lease of three) expect(threeLater).toContain(lease);
  });

  it('is nobody when nobody wants it', () => {
    expect(preferred('follower', [])).toBeNull();
  });
});

describe('a share', () => {
  const lease = leases.find((each) => preferred(each, ['here', 'there']) === 'there') ?? '';

  it('is given away only to whom it has been due for a while', () => {
    const share = new FairShare(lease, 'here');
    expect(share.to([])).toBeNull();
    expect(share.to(['there'])).toBeNull();
    expect(share.to([])).toBeNull();
    expect(share.to(['there'])).toBeNull();
    expect(share.to(['there'])).toBe('there');
  });

  it('is kept by whom it is due to, whoever waits', () => {
    const share = new FairShare(lease, 'there');
    for (let times = 0; times < 5; times += 1) expect(share.to(['here'])).toBeNull();
  });
});
