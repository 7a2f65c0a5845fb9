// The phone: WhatsApp and SMS side by side where there is room, else one at a time.
import { ask, phonePath } from './asking.js';
import { drawChat, toEnd } from './chat.js';
import { nameOf, noSmsReason, selected, smsNumber, state } from './state.js';
import { by, setText, unreadMark } from './words.js';

const partsOf = (channel) => {
  const inbox = by(channel);
  const part = (name) => inbox.querySelector(`[data-part=${name}]`);
  return {
    inbox,
    tab: by('channels').querySelector(`[data-channel=${channel}]`),
    business: part('business'),
    address: part('address'),
    unread: part('unread'),
    scroller: part('scroller'),
    list: part('list'),
    empty: part('empty'),
    notice: part('notice'),
    quick: part('quick'),
    problem: part('problem'),
    form: part('form'),
  };
};
const inboxes = { whatsapp: partsOf('whatsapp'), sms: partsOf('sms') };
const channels = ['whatsapp', 'sms'];
let openWhatsApp = () => undefined;

const NO_SMS = { messages: [], optedOut: false, unread: 0 };

const viewOfWhatsApp = (phone) => {
  const { number } = state;
  const isManual = state.moods?.whatsapp.reads === 'manual';
  return {
    address: number === null ? '' : `WhatsApp · ${number.displayPhoneNumber}`,
    messages: state.messages,
    seenAt: phone?.seenAt ?? null,
    unread: phone?.unread ?? 0,
    reason: phone === null ? 'Add a customer first.' : null,
    empty: 'No messages yet. What the customer writes opens the window for 24 hours.',
    notice: '',
    hasQuick: isManual && (phone?.unread ?? 0) > 0,
  };
};

const viewOfSms = () => {
  const reason = noSmsReason();
  const { messages, optedOut, unread } = reason === null ? state.sms : NO_SMS;
  const business = state.number?.organisationName ?? 'the business';
  return {
    address: smsNumber() === undefined ? 'SMS' : `SMS · ${smsNumber()}`,
    messages,
    seenAt: null,
    unread,
    reason,
    empty: `No SMS yet. One comes when ${business} cannot write on WhatsApp.`,
    notice: optedOut ? `Stopped: Twilio refuses what ${business} texts (21610) until START.` : '',
    hasQuick: reason === null,
  };
};

const drawInbox = (channel, view) => {
  const parts = inboxes[channel];
  setText(parts.business, state.number?.organisationName ?? '');
  setText(parts.address, view.address);
  parts.unread.replaceChildren(...unreadMark(view.unread));
  parts.tab.querySelector('span').replaceChildren(...unreadMark(view.unread));
  const whose = `${state.customer} ${view.address}`;
  const chat = { whose, messages: view.messages, seenAt: view.seenAt };
  drawChat(parts, chat, (digits) => openWhatsApp(digits, parts.problem));
  setText(parts.empty, view.reason ?? view.empty);
  parts.empty.hidden = view.messages.length > 0;
  setText(parts.notice, view.notice);
  parts.quick.hidden = !view.hasQuick;
  if (channel === 'whatsapp')
    for (const button of by('files').children) button.disabled = view.reason !== null;
  parts.form.elements.text.disabled = view.reason !== null;
  parts.form.elements.send.disabled = view.reason !== null || parts.form.ariaBusy === 'true';
};

export const drawHandset = () => {
  const phone = selected();
  setText(by('phone-owner'), phone === null ? 'No phone' : `${nameOf(phone)}’s phone`);
  const hasSms = state.smsNumbers.length > 0;
  if (!hasSms) state.channel = 'whatsapp';
  by('channels').hidden = !hasSms;
  inboxes.sms.inbox.hidden = !hasSms;
  by('handset').dataset.channel = state.channel;
  by('handset').dataset.inboxes = hasSms ? 'two' : 'one';
  for (const channel of channels)
    inboxes[channel].tab.setAttribute('aria-pressed', String(channel === state.channel));
  drawInbox('whatsapp', viewOfWhatsApp(phone));
  if (hasSms) drawInbox('sms', viewOfSms());
};

/** Shows an inbox where only one is to be seen. */
export const showInbox = (channel) => {
  state.channel = channel;
  drawHandset();
  toEnd(inboxes[channel]);
};

export const focusComposer = (channel) => inboxes[channel].form.elements.text.focus();

/** Alone to be seen, or worked in. */
const isLookedAt = ({ inbox }) =>
  document.visibilityState === 'visible' &&
  inbox.checkVisibility() &&
  (!inboxes.whatsapp.inbox.checkVisibility() || inbox.contains(document.activeElement));

/** A phone reads what it shows: of SMS nobody hears; WhatsApp's double reads by its mood. */
export const readShownSms = async () => {
  if (noSmsReason() !== null || state.sms.unread === 0 || !isLookedAt(inboxes.sms)) return;
  await ask(phonePath(state.customer, '/sms/read'), 'POST', { to: smsNumber() });
};

const deliveredOr = ({ delivered, httpStatus }, channel) => {
  if (delivered) return;
  if (channel === 'sms' && state.moods?.twilio.dropInbound)
    throw new Error('Not delivered, as the mood says. It stands in Twilio’s list.');
  const what = httpStatus === null ? 'did not answer' : `answered ${httpStatus}`;
  const next =
    channel === 'sms' ? 'Twilio does not try again; its list has it.' : 'Meta tries again.';
  throw new Error(`The webhook ${what}. ${next}`);
};

const sendFile = (media) =>
  ask(phonePath(state.customer, '/messages'), 'POST', { to: state.number.phoneNumberId, media });

const writeAs = {
  whatsapp: (text) =>
    ask(phonePath(state.customer, '/messages'), 'POST', { to: state.number.phoneNumberId, text }),
  sms: (text) => ask(phonePath(state.customer, '/sms'), 'POST', { to: smsNumber(), text }),
};

/** Sends the form's text; it stays when it was refused. */
const sendForm = async (channel, form) => {
  const field = form.elements.text;
  const text = field.value;
  if (text.trim() === '' || state.customer === null || form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  form.elements.send.disabled = true;
  try {
    const answer = await writeAs[channel](text);
    if (field.value === text) field.value = '';
    deliveredOr(answer, channel);
  } finally {
    form.ariaBusy = 'false';
    form.elements.send.disabled = false;
  }
};

const listenToForm = (channel, act) => {
  const { form, problem } = inboxes[channel];
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void act(() => sendForm(channel, form), problem);
  });
  form.elements.text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
};

/** `act` does what a person asked for and says at the given place what went wrong. */
export const listenToHandset = (act, open) => {
  openWhatsApp = open;
  for (const channel of channels) {
    listenToForm(channel, act);
    inboxes[channel].tab.addEventListener('click', () => {
      showInbox(channel);
      void act(readShownSms, inboxes[channel].problem);
    });
  }
  const { inbox, quick, problem } = inboxes.sms;
  inbox.addEventListener('focusin', () => void readShownSms().catch(() => undefined));
  for (const button of quick.children)
    button.addEventListener(
      'click',
      () =>
        void act(async () => deliveredOr(await writeAs.sms(button.dataset.text), 'sms'), problem),
    );
  const whatsApp = inboxes.whatsapp;
  for (const button of by('files').children)
    button.addEventListener(
      'click',
      () =>
        void act(
          async () => deliveredOr(await sendFile(button.dataset.media), 'whatsapp'),
          whatsApp.problem,
        ),
    );
  whatsApp.quick.firstElementChild.addEventListener(
    'click',
    () =>
      void act(async () => {
        const to = state.number.phoneNumberId;
        await ask(phonePath(state.customer, '/read'), 'POST', { to });
        focusComposer('whatsapp');
      }, whatsApp.problem),
  );
};

/** What went wrong with one phone says nothing of another. */
export const forgetProblems = () => {
  for (const channel of channels) setText(inboxes[channel].problem, '');
};
