// What the providers accepted, newest first.
import { by, make, numberText, timeText } from './words.js';

export const OUTBOX_ROWS = 12;
const FAILED = ['failed', 'undelivered'];

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const statusText = ({ status, errorCode }) =>
  errorCode === null ? status : `${status} ${errorCode}`;

const receiptText = (message) => {
  const last = message.statuses.at(-1);
  const word = last === undefined ? 'Pending' : capital(statusText(last));
  return message.answered ? word : `${word}, answer lost`;
};

const outboxRow = (message) => {
  const isFailed = FAILED.includes(message.statuses.at(-1)?.status);
  const all = message.statuses.map(statusText).join(', ');
  return make(
    'tr',
    {},
    make('td', {}, timeText(message.acceptedAt)),
    make('td', {}, message.provider === 'twilio' ? 'SMS' : 'WhatsApp'),
    make('td', { title: numberText(message.to) }, `…${message.to.slice(-3)}`),
    make('td', { class: 'what', title: message.text ?? '' }, message.text ?? message.type),
    make('td', { title: all, ...(isFailed ? { class: 'failed' } : {}) }, receiptText(message)),
  );
};

/** The newest messages of both providers. */
export const drawOutbox = (messages) => {
  const newestFirst = messages.toReversed().slice(0, OUTBOX_ROWS);
  by('outbox').replaceChildren(...newestFirst.map(outboxRow));
  by('outbox-empty').hidden = newestFirst.length > 0;
};
