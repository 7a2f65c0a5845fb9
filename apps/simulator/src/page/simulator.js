// The page of the simulator: asks the same HTTP interface that anybody else may use, and redraws
// when the server says that something changed. All text is set as text, never as markup.
import { ask, phonePath } from './asking.js';
import { drawClock, listenToClock } from './clock.js';
import { drawCustomers, drawNumbers } from './customers.js';
import {
  drawHandset,
  focusComposer,
  forgetProblems,
  listenToHandset,
  readShownSms,
  showInbox,
} from './handset.js';
import { drawMoods, listenToMoods } from './moods.js';
import { drawOutbox, OUTBOX_ROWS } from './outbox.js';
import { noSmsReason, smsNumber, state } from './state.js';
import { by, setText } from './words.js';

const POLL_MS = 15_000;
const NO_ANSWER = 'The simulator does not answer. Trying again.';

/** Does something the person asked for, says at `place` what went wrong, and shows the outcome. */
const act = async (work, place) => {
  setText(place, '');
  try {
    await work();
  } catch (error) {
    setText(place, error instanceof Error ? error.message : 'Something went wrong.');
  }
  await refresh();
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
  const [numbers, phones, { held, ...moods }, outbox] = await Promise.all([
    ask('/numbers', 'GET'),
    ask('/phones', 'GET'),
    ask('/moods', 'GET'),
    ask(`/outbox?after=${after}&limit=1000`, 'GET'),
    readClock(),
  ]);
  Object.assign(state, { numbers: numbers.numbers, smsNumbers: numbers.sms });
  Object.assign(state, { phones: phones.phones, moods, held, outbox });
  state.number ??= state.numbers[0] ?? null;
  state.customer ??=
    state.phones.findLast((phone) => phone.phoneNumberId === state.number?.phoneNumberId)?.from ??
    null;
};

/** Both inboxes of the phone shown; an answer that comes after another was chosen is dropped. */
const readChats = async () => {
  const { customer, number } = state;
  if (customer === null || number === null) return;
  const to = encodeURIComponent(number.phoneNumberId);
  const readSms = noSmsReason() === null;
  const smsTo = encodeURIComponent(smsNumber() ?? '');
  const [whatsApp, sms] = await Promise.all([
    ask(phonePath(customer, `/messages?to=${to}`), 'GET'),
    readSms ? ask(phonePath(customer, `/sms?to=${smsTo}`), 'GET') : state.sms,
  ]);
  if (customer !== state.customer || number !== state.number) return;
  Object.assign(state, { messages: whatsApp.messages, sms });
};

const draw = () => {
  drawNumbers();
  drawCustomers(chooseCustomer);
  drawHandset();
  drawOutbox(state.outbox.messages);
  drawMoods(state, chooseMood);
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
      await readChats();
      draw();
      await readShownSms();
    }
    if (by('problem').textContent === NO_ANSWER) setText(by('problem'), '');
  })()
    .catch(() => setText(by('problem'), NO_ANSWER))
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
};

const show = (chosen) => {
  const empty = { messages: [], sms: { messages: [], number: '', optedOut: false, unread: 0 } };
  Object.assign(state, empty, chosen);
  forgetProblems();
  return refresh();
};
const chooseCustomer = (customer) => void show({ customer });
const chooseMood = (body) => void act(() => ask('/moods', 'POST', body), by('mood-problem'));

/** What a tap on a wa.me link does: that number's chat on this phone, ready to write. */
const openWhatsApp = (digits, problem) => {
  const number = state.numbers.find(
    (each) => each.displayPhoneNumber.replace(/[^0-9]/g, '') === digits,
  );
  if (number === undefined) {
    setText(problem, `Nobody here has the WhatsApp number +${digits}.`);
    return;
  }
  showInbox('whatsapp');
  focusComposer('whatsapp');
  if (number !== state.number) void show({ number });
};

const addCustomer = async (form) => {
  const { phone, name } = form.elements;
  const added = await ask(phonePath(phone.value), 'PUT', {
    to: state.number?.phoneNumberId,
    ...(name.value === '' ? {} : { name: name.value }),
  });
  form.reset();
  await show({ customer: added.from });
};

const listen = () => {
  listenToClock((body) => void act(() => ask('/clock', 'POST', body), by('problem')));
  listenToHandset(act, openWhatsApp);
  listenToMoods(
    (provider) => {
      state.provider = provider;
      drawMoods(state, chooseMood);
    },
    () => void act(() => ask('/receipts/release', 'POST'), by('mood-problem')),
  );
  by('number').addEventListener('change', (event) => {
    const number = state.numbers.find((each) => each.phoneNumberId === event.target.value);
    void show({ number: number ?? null, customer: null });
  });
  by('add').addEventListener('submit', (event) => {
    event.preventDefault();
    void act(() => addCustomer(event.target), by('add-problem'));
  });
};

listen();
await refresh();
new EventSource('/simulator/events').addEventListener('message', () => void refresh());
setInterval(() => drawClock(), 1_000);
setInterval(() => {
  if (!document.hidden) void refresh();
}, POLL_MS);
