// What can be tapped in a message: wa.me addresses, and any other host with a path; no scheme is
// needed. A host of one word is one only with a port or before /p/, so that "and/or" is none.
const HOSTS = [
  String.raw`[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?`,
  String.raw`(?:localhost|\[::1\])(?::\d+)?`,
  String.raw`[a-z][a-z0-9-]*:\d+`,
  '[a-z0-9-]+(?=/p/)',
];
const LINK = new RegExp(String.raw`(?:https?://)?(?:${HOSTS.join('|')})/[\w\-./?=&%+]+`, 'gi');
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?\//i;
const WHATSAPP = /^(?:https?:\/\/)?wa\.me\/\+?(\d+)(?:\?.*)?$/i;

/** Where a link without a scheme leads: this host as it is shown, this machine, or elsewhere. */
const addressOf = (text, page) => {
  if (/^https?:/i.test(text)) return text;
  if (text.toLowerCase().startsWith(`${page.host}/`)) return `${page.protocol}//${text}`;
  return `${LOOPBACK.test(text) ? 'http:' : 'https:'}//${text}`;
};

/**
 * The pieces of a text as seen on `page` ({protocol, host}): `{text}`, and for a link `href` as
 * well, with `digits` when it is a chat of WhatsApp.
 */
export const piecesOf = (text, page) => {
  const pieces = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = found.replace(/[.?]+$/, '');
    if (index > end) pieces.push({ text: text.slice(end, index) });
    const digits = WHATSAPP.exec(link)?.[1];
    const href = addressOf(link, page);
    pieces.push({ text: link, href, ...(digits === undefined ? {} : { digits }) });
    end = index + link.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
};

const linkTo = ({ text, href, digits }, openWhatsApp) => {
  const link = document.createElement('a');
  link.textContent = text;
  link.href = href;
  if (digits === undefined) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  } else
    link.addEventListener('click', (event) => {
      event.preventDefault();
      openWhatsApp(digits);
    });
  return link;
};

/** The text as nodes, its links to be followed: a wa.me link opens this phone's WhatsApp. */
export const withLinks = (text, openWhatsApp) =>
  piecesOf(text, window.location).map((piece) =>
    piece.href === undefined ? piece.text : linkTo(piece, openWhatsApp),
  );
