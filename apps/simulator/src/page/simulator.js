// The page of the simulator: asks the same HTTP interface that anybody else may use, and redraws
// when the server says that something changed. All text is set as text, never as markup.
import { gauge, stateOf, wordOf } from './gauge.js';
import { withLinks } from './links.js';
import { drawMoods, makeChips } from './moods.js';
import { drawOutbox, OUTBOX_ROWS } from './outbox.js';
import { dayText, make, minuteText, numberText, timeText } from './words.js';

const POLL_MS = 15_000;

const state = {
  numbers: [],
  smsNumbers: [],
  phones: [],
  moods: null,
  outbox: { messages: [], newest: 0 },
  messages: [],
  sms: { messages: [], number: '', optedOut: false },
  channel: 'whatsapp',
  provider: 'whatsapp',
  clock: { nowMs: 0, frozen: false, readAt: 0 },
  number: null,
  customer: null,
};

const by = (id) => document.getElementById(id);
const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
const asJson = (body) =>
  body === undefined
    ? {}
    : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };

const ask = async (path, method, body) => {
  const response = await fetch(`/simulator${path}`, { method, ...asJson(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `The simulator answered ${response.status}.`);
  return answer;
};

/** Does something the person asked for, says what went wrong, and shows what became of it. */
const act = async (work) => {
  setText(by('problem'), '');
  try {
    await work();
  } catch (error) {
    setText(by('problem'), error instanceof Error ? error.message : 'Something went wrong.');
  }
  await refresh();
};

const nowMs = () =>
  state.clock.nowMs + (state.clock.frozen ? 0 : performance.now() - state.clock.readAt);
const closesAtMs = (phone) =>
  typeof phone?.windowClosesAt === 'string' ? Date.parse(phone.windowClosesAt) : null;
const leftMs = (phone) => {
  const closes = closesAtMs(phone);
  return closes === null ? null : closes - nowMs();
};
const nameOf = (phone) => phone?.name ?? (phone === undefined ? '' : numberText(phone.from));
const selected = () =>
  state.phones.find(
    (each) => each.from === state.customer && each.phoneNumberId === state.number?.phoneNumberId,
  );

const digitsOf = (text) => text.replace(/[^0-9]/g, '');
/** The number that texts for the business shown; undefined when it has none. */
const smsNumber = () =>
  state.smsNumbers.find((each) => each.organisationName === state.number?.organisationName)?.number;
const hasSms = () =>
  smsNumber() !== undefined && state.customer !== null && /^[0-9]+$/.test(state.customer);
const isSms = () => state.channel === 'sms' && hasSms();
const shownMessages = () => (isSms() ? state.sms.messages : state.messages);

const drawClock = () => {
  const now = nowMs();
  const milliseconds = String(Math.floor(now) % 1000).padStart(3, '0');
  const clock = by('clock');
  const shown = state.clock.frozen ? `.${milliseconds}` : '';
  clock.replaceChildren(timeText(now), make('small', {}, shown));
  clock.setAttribute('datetime', new Date(now).toISOString());
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  setText(by('clock-day'), `${dayText(now)}, ${zone}`);
  setText(by('clock-state'), state.clock.frozen ? 'Frozen' : 'Running');
  setText(by('freeze'), state.clock.frozen ? 'Let it run' : 'Freeze');
  setText(by('phone-time'), minuteText(now));
  drawCloseButtons();
};

const drawCloseButtons = () => {
  const phone = selected();
  const left = leftMs(phone);
  const name = nameOf(phone);
  setText(by('before-close'), `To 1 ms before ${name}’s window closes`);
  setText(by('at-close'), `To the instant ${name}’s window closes`);
  by('before-close').disabled = left === null || left <= 1;
  by('at-close').disabled = left === null || left <= 0;
};

const customerRow = (phone) => {
  const left = leftMs(phone);
  const button = make(
    'button',
    { type: 'button', 'aria-pressed': String(phone.from === state.customer) },
    gauge(left),
    make('span', { class: 'who' }, nameOf(phone), make('small', {}, numberText(phone.from))),
    make('span', { class: `left ${stateOf(left)}` }, wordOf(left)),
  );
  button.addEventListener('click', () => {
    state.customer = phone.from;
    void refresh();
  });
  button.dataset.from = phone.from;
  return make('li', {}, button);
};

const drawCustomers = () => {
  const list = by('customers');
  const focused = document.activeElement?.dataset?.from;
  const here = state.phones
    .filter((phone) => phone.phoneNumberId === state.number?.phoneNumberId)
    .toReversed();
  list.replaceChildren(...here.map(customerRow));
  if (focused !== undefined)
    [...list.querySelectorAll('button')].find((each) => each.dataset.from === focused)?.focus();
};

const bubble = (message, seenAt) => {
  const mine = message.from === 'customer';
  const isSeen = mine && seenAt !== null && Date.parse(message.at) <= Date.parse(seenAt);
  const meta = `${minuteText(message.at)}${isSeen ? ' · ✓✓ Read' : ''}`;
  return make(
    'li',
    { class: mine ? 'mine' : 'theirs' },
    make('p', {}, ...(isSms() ? withLinks(message.text, openWhatsApp) : [message.text])),
    make('small', {}, meta),
  );
};

/** What a tap on a wa.me link does: that number's chat, ready to write. */
const openWhatsApp = (digits) => {
  const number = state.numbers.find((each) => digitsOf(each.displayPhoneNumber) === digits);
  if (number === undefined) {
    setText(by('problem'), `Nobody here has the WhatsApp number ${digits}.`);
    return;
  }
  state.number = number;
  state.channel = 'whatsapp';
  by('number').value = number.phoneNumberId;
  void refresh().then(() => by('write').elements.text.focus());
};

const drawChannels = () => {
  by('channels').hidden = state.smsNumbers.length === 0;
  for (const button of by('channels').children) {
    const { channel } = button.dataset;
    button.setAttribute('aria-pressed', String(channel === (isSms() ? 'sms' : 'whatsapp')));
    button.disabled = channel === 'sms' && !hasSms();
  }
  const stopped = isSms() && state.sms.optedOut ? ' · stopped by this phone' : '';
  const address = isSms() ? `SMS · ${smsNumber()}${stopped}` : state.number?.displayPhoneNumber;
  setText(by('business-number'), isSms() ? address : `Business · ${address ?? ''}`);
  const as = isSms() ? 'Write an SMS as the customer' : 'Write as the customer';
  by('write').elements.text.placeholder = as;
};

const drawChat = () => {
  drawChannels();
  const phone = selected();
  setText(by('phone-owner'), phone === undefined ? '' : `${nameOf(phone)}’s phone`);
  setText(by('business'), state.number?.organisationName ?? '');
  const chat = by('chat');
  const signature = JSON.stringify([isSms(), state.customer, shownMessages(), phone?.seenAt]);
  if (chat.dataset.signature === signature) return;
  chat.dataset.signature = signature;
  let day = '';
  const rows = shownMessages().flatMap((message) => {
    const row = bubble(message, isSms() ? null : (phone?.seenAt ?? null));
    if (dayText(message.at) === day) return [row];
    day = dayText(message.at);
    return [make('li', { class: 'day' }, day), row];
  });
  chat.replaceChildren(...rows);
  chat.scrollTop = chat.scrollHeight;
};

const drawNumbers = () => {
  const choice = by('number');
  if (choice.children.length === state.numbers.length) return;
  choice.replaceChildren(
    ...state.numbers.map((number) =>
      make(
        'option',
        { value: number.phoneNumberId },
        `${number.organisationName} · ${number.displayPhoneNumber}`,
      ),
    ),
  );
};

const readClock = async () => {
  const clock = await ask('/clock', 'GET');
  state.clock = {
    nowMs: Date.parse(clock.now),
    frozen: clock.frozen,
    readAt: performance.now(),
  };
};

const readAll = async () => {
  const after = Math.max(0, state.outbox.newest - OUTBOX_ROWS);
  const [numbers, phones, moods, outbox] = await Promise.all([
    ask('/numbers', 'GET'),
    ask('/phones', 'GET'),
    ask('/moods', 'GET'),
    ask(`/outbox?after=${after}&limit=1000`, 'GET'),
    readClock(),
  ]);
  Object.assign(state, { numbers: numbers.numbers, smsNumbers: numbers.sms });
  Object.assign(state, { phones: phones.phones, moods, outbox });
  state.number ??= state.numbers[0] ?? null;
  state.customer ??=
    state.phones.findLast((phone) => phone.phoneNumberId === state.number?.phoneNumberId)?.from ??
    null;
};

const readChat = async () => {
  if (state.customer === null || state.number === null) return;
  const from = encodeURIComponent(state.customer);
  const to = encodeURIComponent(state.number.phoneNumberId);
  state.messages = (await ask(`/phones/${from}/messages?to=${to}`, 'GET')).messages;
  if (hasSms())
    state.sms = await ask(`/phones/${from}/sms?to=${encodeURIComponent(smsNumber())}`, 'GET');
};

const draw = () => {
  drawNumbers();
  drawCustomers();
  drawChat();
  drawOutbox(state.outbox.messages);
  drawMoods(state.provider, state.moods);
  drawClock();
};

let refreshing = null;
let isStale = false;
/** One reading at a time; what changes meanwhile is read once more. */
const refresh = () => {
  isStale = true;
  refreshing ??= (async () => {
    while (isStale) {
      isStale = false;
      await readAll();
      await readChat();
      draw();
    }
  })()
    .catch(() => setText(by('problem'), 'The simulator does not answer. Trying again.'))
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
};

const moveClock = (body) => void act(() => ask('/clock', 'POST', body));
const toClose = (earlierMs) => {
  const closes = closesAtMs(selected());
  if (closes !== null) moveClock({ to: new Date(closes - earlierMs).toISOString() });
};

const listen = () => {
  for (const button of document.querySelectorAll('[data-advance]'))
    button.addEventListener('click', () => moveClock({ advance: button.dataset.advance }));
  by('before-close').addEventListener('click', () => toClose(1));
  by('at-close').addEventListener('click', () => toClose(0));
  by('freeze').addEventListener('click', () => moveClock({ freeze: !state.clock.frozen }));
  for (const button of by('channels').children)
    button.addEventListener('click', () => {
      state.channel = button.dataset.channel;
      draw();
    });
  by('provider').addEventListener('change', (event) => {
    state.provider = event.target.value;
    makeMoods();
    draw();
  });
  by('number').addEventListener('change', (event) => {
    state.number = state.numbers.find((each) => each.phoneNumberId === event.target.value) ?? null;
    state.customer = null;
    state.messages = [];
    void refresh();
  });
};

const send = async (form) => {
  const text = form.elements.text.value;
  if (text.trim() === '' || state.customer === null) return;
  const to = isSms() ? smsNumber() : state.number?.phoneNumberId;
  const path = isSms() ? 'sms' : 'messages';
  const answer = await ask(`/phones/${encodeURIComponent(state.customer)}/${path}`, 'POST', {
    to,
    text,
  });
  form.reset();
  if (!answer.delivered)
    throw new Error(
      `The webhook answered ${answer.httpStatus ?? 'nothing'}. ` +
        (path === 'sms' ? 'Twilio does not try again; its list has it.' : 'Trying again.'),
    );
};

const addCustomer = async (form) => {
  const { phone, name } = form.elements;
  const added = await ask(`/phones/${encodeURIComponent(phone.value)}`, 'PUT', {
    to: state.number?.phoneNumberId,
    ...(name.value === '' ? {} : { name: name.value }),
  });
  state.customer = added.from;
  form.reset();
};

const onSubmit = (id, work) =>
  by(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void act(() => work(event.target));
  });

listen();
const makeMoods = () =>
  makeChips(state.provider, (settings) => void act(() => ask('/moods', 'POST', settings)));
makeMoods();
onSubmit('write', send);
onSubmit('add', addCustomer);
by('write').elements.text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  by('write').requestSubmit();
});
await refresh();
new EventSource('/simulator/events').addEventListener('message', () => void refresh());
setInterval(() => drawClock(), 1_000);
setInterval(() => {
  if (!document.hidden) void refresh();
}, POLL_MS);
