// What can be tapped in an SMS: wa.me addresses and any other host with a path, without a scheme.
const LINK = /(?:https?:\/\/)?(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost)(?::\d+)?\/[\w\-./?=&%]+/gi;
const LOCAL = /^(?:localhost|127\.|\[::1\])/i;
const WHATSAPP = /^(?:https?:\/\/)?wa\.me\/(\d+)$/i;

const addressOf = (text) => {
  if (/^https?:/i.test(text)) return text;
  return `${LOCAL.test(text) ? 'http' : 'https'}://${text}`;
};

const linkTo = (text, openWhatsApp) => {
  const link = document.createElement('a');
  link.textContent = text;
  link.href = addressOf(text);
  const digits = WHATSAPP.exec(text)?.[1];
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
export const withLinks = (text, openWhatsApp) => {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = found.replace(/[.?]+$/, '');
    nodes.push(text.slice(end, index), linkTo(link, openWhatsApp));
    end = index + link.length;
  }
  return [...nodes, text.slice(end)];
};
