import { BadRequest } from './answers.js';
import type { SimulatedNumber } from './options.js';

const BSUID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
const NUMBER = /^\+?[1-9][0-9]{6,14}$/;

const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');
const compact = (text: string): string => text.replace(/[ ()-]/g, '');

/** A customer's address at Meta: the digits of a number, or a business-scoped user id. */
export const isBsuid = (customer: string): boolean => BSUID.test(customer);

/** Reads the address of a phone as somebody typed it; null when it is none. */
export const readAddress = (text: string): string | null => {
  if (BSUID.test(text)) return text;
  return NUMBER.test(compact(text)) ? digitsOf(text) : null;
};

export const readCustomer = (text: string): string => {
  const customer = readAddress(text);
  if (customer === null)
    throw new BadRequest(
      `"${text}" is no phone: write a number such as +447700900281, or a user id such as GB.1234.`,
    );
  return customer;
};

/** The number that `to` names by id or by its digits; the first one when nothing is said. */
export const readNumber = (
  numbers: readonly SimulatedNumber[],
  to: string | undefined,
): SimulatedNumber => {
  const found =
    to === undefined
      ? numbers[0]
      : (numbers.find(({ phoneNumberId }) => phoneNumberId === to) ??
        numbers.find((each) => digitsOf(each.displayPhoneNumber) === digitsOf(to)));
  if (found === undefined)
    throw new BadRequest(
      `"${to ?? ''}" is no number here. Known are ${numbers
        .map(({ displayPhoneNumber, phoneNumberId }) => `${displayPhoneNumber} (${phoneNumberId})`)
        .join(', ')}.`,
    );
  return found;
};

export const digitsOfNumber = (number: SimulatedNumber): string =>
  digitsOf(number.displayPhoneNumber);

/** Fictional numbers only: Ofcom keeps this range free for drama. */
export const firstCustomers: readonly { readonly customer: string; readonly name: string }[] = [
  { customer: '447700900201', name: 'Priya Raman' },
  { customer: '447700900202', name: 'Tomasz Zieliński' },
  { customer: '447700900203', name: 'Ngozi Eze' },
  { customer: '447700900204', name: 'Elin Sørensen' },
  { customer: '447700900205', name: 'Joaquín Vidal' },
];
