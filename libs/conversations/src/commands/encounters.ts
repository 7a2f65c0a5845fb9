import { epochMs, instant, type Instant } from '#kernel';
import { smsNumberOf } from '#channels/sms';
import type { Customer, ThreadItem } from '#channels/whatsapp';
import type { Address, Encounter } from '#contacts';
import type { NumberOwner } from '#organisations';

/** Whom an item of a webhook that reached us at `receivedAt` is about. */
export const encounterOf = (
  item: ThreadItem,
  receivedAt: Instant,
  { numberId }: Pick<NumberOwner, 'numberId'>,
): Encounter => {
  const { customer = {} } = item;
  const becomes = 'becomes' in item ? item.becomes : undefined;
  const saidAt = 'sentAt' in item ? item.sentAt : item.at;
  return {
    numberId,
    addresses: addressesOf(becomes ?? customer),
    formerly: becomes ? addressesOf(customer) : [],
    profileName: customer.profileName ?? null,
    toldAt: instant(Math.min(epochMs(saidAt), epochMs(receivedAt))),
  };
};

const addressesOf = ({ bsuid, waId }: Customer): readonly Address[] => {
  const phone = waId === undefined ? null : smsNumberOf(waId);
  return [
    ...(bsuid === undefined ? [] : [{ kind: 'bsuid' as const, address: bsuid }]),
    ...(waId === undefined ? [] : [{ kind: 'wa_id' as const, address: waId }]),
    ...(phone === null ? [] : [{ kind: 'phone' as const, address: phone }]),
  ];
};
