// Shows each message as it comes or changes, and says so while the connection is lost.
import { sayTimes, timeNow } from './times.js';

const nearEndPixels = 80;

/** Puts a message in its place: over the one it replaces, else after all that are not later. */
const place = (list, entry) => {
  const standing = [...list.children].find(({ dataset }) => dataset.id === entry.dataset.id);
  if (standing) return standing.replaceWith(entry);
  const later = [...list.children].find(({ dataset }) => dataset.at > entry.dataset.at);
  return later ? later.before(entry) : list.append(entry);
};

const show = (list, markup) => {
  const scroll = document.getElementById('scroll');
  // The list is laid from its end: there it is at 0, and above it below 0.
  const atEnd = Math.abs(scroll.scrollTop) < nearEndPixels;
  const template = document.createElement('template');
  template.innerHTML = markup.trim();
  place(list, template.content.firstElementChild);
  document.getElementById('empty')?.remove();
  sayTimes(list);
  if (atEnd) scroll.scrollTop = 0;
};

export const follow = (list) => {
  const { events, after } = list.dataset;
  const connection = document.getElementById('connection');
  let levelAt = timeNow();
  const say = (words) => {
    connection.textContent = words;
    connection.hidden = words === '';
  };
  // On a reconnection the browser adds Last-Event-ID, which counts more than the address.
  const source = new EventSource(`${events}?after=${encodeURIComponent(after)}`);
  const again = () => {
    source.close();
    location.reload();
  };
  source.addEventListener('open', () => say(''));
  source.addEventListener('change', ({ data }) => {
    levelAt = timeNow();
    show(list, JSON.parse(data).html);
  });
  source.addEventListener('alive', () => (levelAt = timeNow()));
  source.addEventListener('stale', again);
  source.addEventListener('over', again);
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED)
      say('New messages no longer appear by themselves. Load this page again to see them.');
    else say(`You are offline. Showing the conversation as of ${levelAt}.`);
  });
};
