import { randomBytes } from 'node:crypto';

const INBOUND = 0x12;
const OUTBOUND = 0x11;
const RANDOM_BYTES = 10;

/**
 * A message id that looks like Meta's: base64 of a frame that holds the customer's number in clear,
 * as the real ones do, so that whoever lets one slip into a log shows it here, too.
 */
export const wamid = (customer: string, direction: 'inbound' | 'outbound'): string => {
  const address = Buffer.from(customer, 'latin1');
  const id = Buffer.from(randomBytes(RANDOM_BYTES).toString('hex').toUpperCase());
  const frame = Buffer.concat([
    Buffer.from([0x1c, 0x18, address.length]),
    address,
    Buffer.from([0x15, 0x02, 0x00, direction === 'inbound' ? INBOUND : OUTBOUND, 0x18, id.length]),
    id,
    Buffer.from([0x00]),
  ]);
  return `wamid.${frame.toString('base64')}`;
};
