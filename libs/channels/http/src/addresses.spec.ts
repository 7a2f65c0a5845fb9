import { describe, expect, it } from '@jest/globals';
import { isPublicAddress } from './addresses.js';

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '157.240.22.60',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '2a03:2880:f12f:83:face:b00c:0:25de',
    '2606:4700::1111',
  ])('S33: %s is of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.7',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001:0:4136:e378::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'localhost',
    '127.1',
    '0x7f.1',
    '2130706433',
    '',
  ])('S33: %s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
