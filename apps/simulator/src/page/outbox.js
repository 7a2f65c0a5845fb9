// What the providers accepted, newest first.
import { make, numberText, timeText } from './words.js';

export const OUTBOX_ROWS = 12;
const by = (id) => document.getElementById(id);

const receiptText = (message) => {
  const last = message.statuses.at(-1);
  if (last === undefined) return message.answered ? 'Pending' : 'Answer lost';
  const word = last.status.charAt(0).toUpperCase() + last.status.slice(1);
  return last.errorCode === null ? word : `${word} ${last.errorCode}`;
};

const outboxRow = (message) => {
  const isFailed = message.statuses.at(-1)?.status === 'failed';
  return make(
    'tr',
    {},
    make('td', {}, timeText(message.acceptedAt)),
    make('td', {}, message.provider === 'twilio' ? 'SMS' : 'WhatsApp'),
    make('td', { title: numberText(message.to) }, `…${message.to.slice(-3)}`),
    make('td', { class: 'what', title: message.text ?? '' }, message.text ?? message.type),
    make('td', isFailed ? { class: 'failed' } : {}, receiptText(message)),
  );
};

/** The newest messages of both providers. */
export const drawOutbox = (messages) => {
  const newestFirst = messages.toReversed().slice(0, OUTBOX_ROWS);
  by('outbox').replaceChildren(...newestFirst.map(outboxRow));
  by('outbox-empty').hidden = newestFirst.length > 0;
};
