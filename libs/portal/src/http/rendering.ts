import type { PortalVisit } from '../commands/portal-codes.js';
import { epochMs, type Instant } from '#kernel';
import { html, nothing, type Markup } from './markup.js';
import type { PortalMessage } from './portal-conversations.js';

const channelWords = { WHATSAPP: 'WhatsApp', SMS: 'SMS', PORTAL: null } as const;
const statusWords = {
  PENDING: 'Sending',
  SENT: 'Sent',
  DELIVERED: 'Delivered',
  READ: 'Read',
  FAILED: 'Not sent',
} as const;

const parts = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
const clockTime = parts({ hour: '2-digit', minute: '2-digit' });
const dayName = parts({ weekday: 'long', day: 'numeric', month: 'long' });
const dayAndTime = parts({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Times are written in UTC; the page's script says them again in the reader's own zone. */
const time = (at: Instant): Markup =>
  html`<time datetime="${at}">${clockTime.format(epochMs(at))}</time>`;

export const fullTime = (at: Instant): Markup =>
  html`<time datetime="${at}" data-format="full">${dayAndTime.format(epochMs(at))}</time>`;

/** One message as it stands in the list; also what a follower of the page is told. */
export const messageMarkup = ({ id, from, text, at, channel, status }: PortalMessage): Markup => {
  const own = from === 'customer';
  // Of the business's words it is only said when they were not sent after all.
  const isTold = own || status === 'FAILED';
  const words = [channelWords[channel], isTold ? statusWords[status] : null];
  const rest = words.flatMap((word) => (word === null ? [] : [html` · ${word}`]));
  return html`<li class="message ${own ? 'mine' : 'theirs'}" data-id="${id}" data-at="${at}">
    <p class="text" dir="auto"><span class="speaker">${own ? 'You' : 'Reply'}: </span>${text}</p>
    <p class="meta">${time(at)}${rest}</p>
  </li> `;
};

const openedMarkup = (at: Instant): Markup =>
  html`<li class="rule" data-at="${at}">
    <span>You opened this page from our SMS · ${time(at)}</span>
  </li> `;

const dayMarkup = (at: Instant): Markup =>
  html`<li class="day">${dayName.format(epochMs(at))}</li> `;

/** The messages in order, with a line where each day begins and where the customer came in. */
export const listMarkup = (
  messages: readonly PortalMessage[],
  { openedAt }: PortalVisit,
): readonly Markup[] => {
  const entries = [
    ...messages.map((message) => ({ at: message.at, markup: messageMarkup(message) })),
    { at: openedAt, markup: openedMarkup(openedAt) },
  ].sort((one, other) => epochMs(one.at) - epochMs(other.at));
  return entries.flatMap(({ at, markup }, index) => {
    const before = entries[index - 1];
    const isNewDay = before === undefined || dayOf(before.at) !== dayOf(at);
    return isNewDay ? [dayMarkup(at), markup] : [markup];
  });
};

const dayOf = (at: Instant): string => at.slice(0, 10);

const initialsMax = 2;

/** The first letters of the name's first words. */
export const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .flatMap((word) => Array.from(word).slice(0, 1))
    .slice(0, initialsMax)
    .join('')
    .toUpperCase();

/** A link to the business's chat, if the address is one. */
export const whatsAppMarkup = (url: string | null): Markup =>
  url?.startsWith('https://wa.me/') === true
    ? html`<a class="whatsapp" href="${url}" rel="noreferrer"
        ><span class="wide">Continue on </span>WhatsApp</a
      >`
    : nothing;
