// The messages of one inbox, oldest first. What has not changed stays where it is, so that a link
// keeps its focus and only news is read aloud.
import { withLinks } from './links.js';
import { dayText, make, minuteText } from './words.js';

const NEAR_END_PX = 40;

const bubble = ({ mine, text, meta }, openWhatsApp) =>
  make(
    'li',
    { class: mine ? 'mine' : 'theirs' },
    make('p', {}, ...withLinks(text, openWhatsApp)),
    make('small', {}, meta),
  );

const rowsOf = (messages, seenAt) => {
  let day = '';
  return messages.flatMap((message) => {
    const mine = message.from === 'customer';
    const isSeen = mine && seenAt !== null && Date.parse(message.at) <= Date.parse(seenAt);
    const meta = `${minuteText(message.at)}${isSeen ? ' · ✓✓ Read' : ''}`;
    const row = { id: message.wamid ?? message.sid, mine, text: message.text, meta };
    if (dayText(message.at) === day) return [row];
    day = dayText(message.at);
    return [{ day }, row];
  });
};

const elementOf = (row, openWhatsApp) => {
  const element =
    row.day === undefined ? bubble(row, openWhatsApp) : make('li', { class: 'day' }, row.day);
  element.dataset.row = JSON.stringify(row);
  return element;
};

/** Draws into `list` within `scroller`; `whose` says whose messages they are. */
export const drawChat = ({ list, scroller }, { whose, messages, seenAt }, openWhatsApp) => {
  const isOther = list.dataset.whose !== whose;
  const fromEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
  if (isOther) list.replaceChildren();
  list.dataset.whose = whose;
  const rows = rowsOf(messages, seenAt);
  const old = [...list.children];
  const changed = rows.findIndex((row, index) => old[index]?.dataset.row !== JSON.stringify(row));
  const kept = changed === -1 ? rows.length : changed;
  for (const element of old.slice(kept)) element.remove();
  list.append(...rows.slice(kept).map((row) => elementOf(row, openWhatsApp)));
  if (isOther || (kept < rows.length && fromEnd < NEAR_END_PX)) toEnd({ scroller });
};

export const toEnd = ({ scroller }) => {
  scroller.scrollTop = scroller.scrollHeight;
};
