import { listAt, textAt } from '#channels/http';
import type { Json } from '#kernel';
import type { Customer } from './webhook-item.js';

/** Digits that Meta knows a customer by: a key to us, whether or not it could be dialled. */
const NUMBER = /^\+?([0-9]{3,20})$/;
/** Country, a dot, up to 128 letters and digits; a parent id has ENT in between. */
const BSUID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

const waIdIn = (text: string | undefined): string | undefined => NUMBER.exec(text ?? '')?.[1];
const bsuidIn = (text: string | undefined): string | undefined =>
  text !== undefined && BSUID.test(text) ? text : undefined;

const addressed = (address: string | undefined, userId: string | undefined): Customer => {
  const waId = waIdIn(address);
  // Some senders of webhooks put the business-scoped id where the number used to be.
  const bsuid = bsuidIn(userId) ?? bsuidIn(address);
  return { ...(waId === undefined ? {} : { waId }), ...(bsuid === undefined ? {} : { bsuid }) };
};

const isNobody = (customer: Customer): boolean =>
  customer.waId === undefined && customer.bsuid === undefined;

const contactAddress = (contact: Json): Customer =>
  addressed(textAt(contact, 'wa_id'), textAt(contact, 'user_id'));

const isSame = (a: Customer, b: Customer): boolean =>
  (a.waId !== undefined && a.waId === b.waId) || (a.bsuid !== undefined && a.bsuid === b.bsuid);

/** `value.contacts` names the people of the whole change; a message is matched to its own. */
const withContact = (customer: Customer, contacts: readonly Json[]): Customer => {
  const alone = contacts.length === 1 && isNobody(customer);
  const contact = contacts.find((each) => alone || isSame(customer, contactAddress(each)));
  if (contact === undefined) return customer;
  const name = textAt(contact, 'profile', 'name');
  return {
    ...contactAddress(contact),
    ...customer,
    ...(name === undefined ? {} : { profileName: name }),
  };
};

const orNull = (customer: Customer): Customer | null => (isNobody(customer) ? null : customer);

/** Whoever has these addresses; null when neither is one. */
export const customerOf = (waId: string | undefined, userId: string | undefined): Customer | null =>
  orNull(addressed(waId, userId));

/** Who sent `message`, or null when neither it nor the change's only contact says. */
export const senderOf = (message: Json, value: Json): Customer | null =>
  orNull(
    withContact(
      addressed(textAt(message, 'from'), textAt(message, 'from_user_id')),
      listAt(value, 'contacts'),
    ),
  );

/** To whom `echo` was written, or null when nobody says. */
export const echoedTo = (echo: Json, value: Json): Customer | null =>
  orNull(
    withContact(
      addressed(textAt(echo, 'to'), textAt(echo, 'to_user_id')),
      listAt(value, 'contacts'),
    ),
  );

/** Whom `status` is about, or null: a receipt may come without any address. */
export const recipientOf = (status: Json, value: Json): Customer | null =>
  orNull(
    withContact(
      addressed(textAt(status, 'recipient_id'), textAt(status, 'recipient_user_id')),
      listAt(value, 'contacts'),
    ),
  );
