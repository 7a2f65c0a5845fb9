// What the page knows, as it was last read, and what follows from it.
import { numberText } from './words.js';

export const state = {
  numbers: [],
  smsNumbers: [],
  phones: [],
  moods: null,
  held: 0,
  outbox: { messages: [], newest: 0 },
  messages: [],
  sms: { messages: [], number: '', optedOut: false, unread: 0 },
  channel: 'whatsapp',
  provider: 'whatsapp',
  clock: { nowMs: 0, frozen: false, readAt: 0 },
  number: null,
  customer: null,
};

export const nowMs = () =>
  state.clock.nowMs + (state.clock.frozen ? 0 : performance.now() - state.clock.readAt);

export const closesAtMs = (phone) =>
  typeof phone?.windowClosesAt === 'string' ? Date.parse(phone.windowClosesAt) : null;

export const leftMs = (phone) => {
  const closes = closesAtMs(phone);
  return closes === null ? null : closes - nowMs();
};

export const nameOf = (phone) => phone?.name ?? (phone === null ? '' : numberText(phone.from));

const emptyPhone = (customer) => ({
  from: customer,
  phoneNumberId: state.number.phoneNumberId,
  name: state.phones.find((each) => each.from === customer)?.name ?? null,
  windowClosesAt: null,
  seenAt: null,
  unread: 0,
  smsUnread: 0,
});

/** The phone shown, as the chosen number has it: a new chat when there is none; null for nobody. */
export const selected = () => {
  const { customer, number } = state;
  if (customer === null || number === null) return null;
  return (
    state.phones.find(
      (each) => each.from === customer && each.phoneNumberId === number.phoneNumberId,
    ) ?? emptyPhone(customer)
  );
};

/** The number that texts for the business shown; undefined when it has none. */
export const smsNumber = () =>
  state.smsNumbers.find((each) => each.organisationName === state.number?.organisationName)?.number;

const hasNumber = (customer) => /^[0-9]+$/.test(customer);

/** Why the phone shown has no SMS with the business shown; null when it has. */
export const noSmsReason = () => {
  if (state.customer === null) return 'Add a customer first.';
  if (!hasNumber(state.customer)) return `${String(state.customer)} has no number, and so no SMS.`;
  if (smsNumber() === undefined)
    return `${state.number?.organisationName ?? 'This business'} has no number for SMS.`;
  return null;
};
