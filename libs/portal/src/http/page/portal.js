// The page works without any of this: it says times in the reader's zone, shows what comes without
// being asked, and sends without a reload.
import { follow } from './live.js';
import { sayTimes } from './times.js';

const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

/** A link can be opened once: a second press must not take the place of the first. */
const openOnce = (form) => {
  const button = form.querySelector('button');
  form.addEventListener('submit', (event) => {
    if (button.getAttribute('aria-disabled') === 'true') event.preventDefault();
    button.setAttribute('aria-disabled', 'true');
  });
  addEventListener('pageshow', () => button.removeAttribute('aria-disabled'));
};

/** What the server says against a message, from the page that it answers with. */
const complaintIn = async (response) => {
  const answered = new DOMParser().parseFromString(await response.text(), 'text/html');
  const said = answered.getElementById('error')?.textContent.trim();
  return said || 'The message was not sent. Load this page again to see why.';
};

const sendInPlace = (form) => {
  const { text, key } = form.elements;
  const error = document.getElementById('error');
  const button = form.querySelector('button');
  const complain = (says) => {
    error.textContent = says;
    text.toggleAttribute('aria-invalid', says !== '');
    if (says !== '') text.focus();
  };
  const send = async () => {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (response.type !== 'opaqueredirect') return complain(await complaintIn(response));
    text.value = '';
    key.value = newKey();
    complain('');
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    send()
      .catch(() => complain('You are offline. The message was not sent; it is still here.'))
      .finally(() => button.removeAttribute('aria-disabled'));
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
};

const gate = document.getElementById('open');
if (gate) openOnce(gate);

const list = document.getElementById('messages');
if (list) {
  sayTimes(document);
  sendInPlace(document.getElementById('write'));
  follow(list);
}
