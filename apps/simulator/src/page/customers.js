// Whose phone is shown, and with which business.
import { gauge, stateOf, wordOf } from './gauge.js';
import { leftMs, nameOf, selected, state } from './state.js';
import { by, make, numberText, unreadMark } from './words.js';

const customerRow = (phone, choose) => {
  const left = leftMs(phone);
  const button = make(
    'button',
    { type: 'button', 'aria-pressed': String(phone.from === state.customer) },
    gauge(left),
    make('span', { class: 'who' }, nameOf(phone), make('small', {}, numberText(phone.from))),
    ...unreadMark(phone.unread + phone.smsUnread),
    make('span', { class: `left ${stateOf(left)}` }, wordOf(left)),
  );
  button.addEventListener('click', () => choose(phone.from));
  button.dataset.from = phone.from;
  return make('li', {}, button);
};

/** The phones that have a chat with the number shown, newest first, and the one that may begin. */
const phonesHere = () => {
  const here = state.phones.filter((phone) => phone.phoneNumberId === state.number?.phoneNumberId);
  const shown = selected();
  const isNew = shown !== null && !here.some((phone) => phone.from === shown.from);
  return [...here, ...(isNew ? [shown] : [])].toReversed();
};

export const drawCustomers = (choose) => {
  const list = by('customers');
  const focused = document.activeElement?.dataset?.from;
  const here = phonesHere();
  list.replaceChildren(...here.map((phone) => customerRow(phone, choose)));
  by('customers-empty').hidden = here.length > 0;
  if (focused !== undefined)
    [...list.querySelectorAll('button')].find((each) => each.dataset.from === focused)?.focus();
};

export const drawNumbers = () => {
  const choice = by('number');
  if (choice.children.length !== state.numbers.length)
    choice.replaceChildren(
      ...state.numbers.map((number) =>
        make(
          'option',
          { value: number.phoneNumberId },
          `${number.organisationName} · ${number.displayPhoneNumber}`,
        ),
      ),
    );
  if (state.number !== null) choice.value = state.number.phoneNumberId;
};
