// The clock: the largest text of the page, and how it is moved.
import { closesAtMs, leftMs, nameOf, nowMs, selected, state } from './state.js';
import { by, dayText, make, minuteText, setText, timeText } from './words.js';

const drawCloseButtons = () => {
  const phone = selected();
  const left = leftMs(phone);
  const name = phone === null ? 'the customer' : nameOf(phone);
  setText(by('before-close'), `To 1 ms before ${name}’s window closes`);
  setText(by('at-close'), `To the instant ${name}’s window closes`);
  by('before-close').disabled = left === null || left <= 1;
  by('at-close').disabled = left === null || left <= 0;
};

export const drawClock = () => {
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

/** `move` is given a body for /simulator/clock. */
export const listenToClock = (move) => {
  const toClose = (earlierMs) => {
    const closes = closesAtMs(selected());
    if (closes !== null) move({ to: new Date(closes - earlierMs).toISOString() });
  };
  for (const button of document.querySelectorAll('[data-advance]'))
    button.addEventListener('click', () => move({ advance: button.dataset.advance }));
  by('before-close').addEventListener('click', () => toClose(1));
  by('at-close').addEventListener('click', () => toClose(0));
  by('freeze').addEventListener('click', () => move({ freeze: !state.clock.frozen }));
};
