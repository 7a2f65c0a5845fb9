import { at, parseJson, textAt } from '#channels/http';
import { parseInstant, type Json } from '#kernel';
import { isSid, isE164, receiptStatusOf, type UnreadableSms } from './inbound.js';
import type { ListedSms, SmsPrice } from './sender.js';

export type KeptSms = { readonly kind: 'listed'; readonly sms: ListedSms };

/** The bytes under which a message of Twilio's list is kept until it is read: JSON. */
export const writeListed = (sms: ListedSms): Buffer => Buffer.from(JSON.stringify(sms), 'utf8');

const unreadable = (reason: string): UnreadableSms => ({ kind: 'unreadable', reason });

const countAt = (body: Json | undefined, name: string): number | null => {
  const found = at(body, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
};

const priceAt = (body: Json | undefined): SmsPrice | null => {
  const amount = textAt(body, 'price', 'amount');
  const currency = textAt(body, 'price', 'currency');
  return amount === undefined || currency === undefined ? null : { amount, currency };
};

/**
 * Reads what `writeListed` wrote. Total: what cannot be understood says why. An outbound message may
 * come from a sender without a number; what customers write comes from a number, or is no use.
 */
export const readListed = (body: Buffer): KeptSms | UnreadableSms => {
  const kept = parseJson(body.toString('utf8'));
  const sid = textAt(kept, 'sid') ?? '';
  const direction = textAt(kept, 'direction');
  const from = textAt(kept, 'from') ?? '';
  const to = textAt(kept, 'to') ?? '';
  const sentAt = parseInstant(textAt(kept, 'at') ?? '');
  if (!isSid(sid)) return unreadable('no sid');
  if (direction !== 'inbound' && direction !== 'outbound') return unreadable('no direction');
  if (direction === 'inbound' && !isE164(from)) return unreadable('from is no E.164 number');
  if (direction === 'inbound' && !isE164(to)) return unreadable('to is no E.164 number');
  if (sentAt === null) return unreadable('no time');
  const providerStatus = textAt(kept, 'providerStatus') ?? '';
  return {
    kind: 'listed',
    sms: {
      sid,
      direction,
      from,
      to,
      text: textAt(kept, 'text') ?? '',
      at: sentAt,
      status: receiptStatusOf(providerStatus),
      providerStatus,
      errorCode: textAt(kept, 'errorCode') ?? null,
      segments: countAt(kept, 'segments'),
      price: priceAt(kept),
      mediaCount: countAt(kept, 'mediaCount') ?? 0,
    },
  };
};
