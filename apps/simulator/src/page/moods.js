// The moods of the providers as choices: each a few settings of /simulator/moods.
const refusal = (code, title, httpStatus) => ({ refuse: { code, title, httpStatus } });
const calm = { loseAnswer: 0, refuse: null, delayMs: 0, failLater: null };
const inOrder = { doubleReceipts: false, shuffleReceipts: false, holdReceipts: false };
const chips = {
  moods: [
    ['Normal', calm],
    ['Slow', { ...calm, delayMs: 3_000 }],
    ['Answer lost', { ...calm, loseAnswer: 'always' }],
    ['Refuses: 131047', { ...calm, ...refusal(131047, 'Re-engagement message', 400) }],
    [
      'Fails later: 131026',
      { ...calm, failLater: { code: 131026, title: 'Message undeliverable' } },
    ],
    ['Rate limited', { ...calm, ...refusal(130429, 'Rate limit hit', 429) }],
    ['Down', { ...calm, ...refusal(131016, 'Service unavailable', 503) }],
  ],
  receipts: [
    ['In order', { ...inOrder, receipts: 'auto' }],
    ['Out of order', { ...inOrder, receipts: 'auto', shuffleReceipts: true }],
    ['Twice', { ...inOrder, receipts: 'auto', doubleReceipts: true }],
    ['Held back', { ...inOrder, receipts: 'auto', holdReceipts: true }],
    ['None', { ...inOrder, receipts: 'manual' }],
  ],
  reads: [
    ['Reads by itself', { reads: 'auto' }],
    ['Leaves unread', { reads: 'manual' }],
  ],
};

/** Whether `actual` has what the chip asks for; words that the server filled in do not count. */
const holds = (actual, wanted) =>
  Object.entries(wanted).every(([key, value]) =>
    value !== null && typeof value === 'object'
      ? actual[key]?.code === value.code
      : actual[key] === value,
  );

/** One button for each choice of a group; `choose` is given the settings of the one pressed. */
export const makeChips = (choose) => {
  for (const [group, choices] of Object.entries(chips))
    for (const [label, settings] of choices) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', () => choose(settings));
      document.getElementById(group).append(button);
    }
};

export const drawMoods = ({ whatsapp, held }) => {
  for (const [group, choices] of Object.entries(chips))
    [...document.getElementById(group).children].forEach((button, index) => {
      const isChosen = holds(whatsapp, choices[index]?.[1] ?? {});
      button.setAttribute('aria-pressed', String(isChosen));
    });
  const text = held === 0 ? '' : `${held} held back. They go out with another choice.`;
  document.getElementById('held').textContent = text;
};
