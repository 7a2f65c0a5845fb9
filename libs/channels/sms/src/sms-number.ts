const WA_ID = /^[1-9][0-9]{6,14}$/;
/** Country, area of two digits, and the eight digits that a mobile number had before 2016. */
const BRAZIL_WITHOUT_NINE = /^55(?<area>[1-9][1-9])(?<local>[6-9][0-9]{7})$/;
/** The 1 that Mexican mobile numbers had until 2019; WhatsApp still keeps it. */
const MEXICO_WITH_ONE = /^521(?<local>[1-9][0-9]{9})$/;

/**
 * Where an SMS reaches the person behind a wa_id, as E.164, or null when the wa_id is no number.
 * WhatsApp keeps some numbers as they were when the account was made, while carriers know only the
 * new form. Argentina's 9 belongs to the number and stays.
 */
export const smsNumberOf = (waId: string): string | null => {
  if (!WA_ID.test(waId)) return null;
  const digits = waId
    .replace(BRAZIL_WITHOUT_NINE, '55$<area>9$<local>')
    .replace(MEXICO_WITH_ONE, '52$<local>');
  return `+${digits}`;
};
