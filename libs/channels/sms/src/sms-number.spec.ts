import { describe, expect, it } from '@jest/globals';
import { smsNumberOf } from './sms-number.js';

describe('the number for an SMS', () => {
  it.each([
    ['447700900281', '+447700900281', 'as it is'],
    ['551187654321', '+5511987654321', 'with Brazil’s 9, which WhatsApp leaves out'],
    ['551167654321', '+5511967654321', 'with Brazil’s 9 also before a 6'],
    ['5511987654321', '+5511987654321', 'with the 9 that is there'],
    ['551132654321', '+551132654321', 'as it is for a Brazilian landline'],
    ['551157654321', '+551157654321', 'as it is for a landline beginning with 5'],
    ['551087654321', '+551087654321', 'as it is without such an area'],
    ['5215512345678', '+525512345678', 'without Mexico’s 1'],
    ['525512345678', '+525512345678', 'as it is for a Mexican number without the 1'],
    ['521551234567', '+521551234567', 'as it is when a digit is missing after the 1'],
    ['5491123456789', '+5491123456789', 'with Argentina’s 9'],
    ['15555550123', '+15555550123', 'as it is'],
    ['123456789012345', '+123456789012345', 'with fifteen digits'],
    ['1234567', '+1234567', 'with seven'],
  ])('R094: of %s is %s, %s', (waId, number) => expect(smsNumberOf(waId)).toBe(number));

  it.each(['', '123456', '1234567890123456', '0447700900281', '+447700900281', 'GB.1234', '44x'])(
    'R094: of %j does not exist',
    (waId) => expect(smsNumberOf(waId)).toBeNull(),
  );
});
