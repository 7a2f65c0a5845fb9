// The moods of the providers as choices: each a few settings of /simulator/moods.
const refusal = (code, title, httpStatus) => ({ refuse: { code, title, httpStatus } });
const calm = { loseAnswer: 0, refuse: null, delayMs: 0, failLater: null };
const inOrder = { doubleReceipts: false, shuffleReceipts: false, holdReceipts: false };
const receipts = [
  ['In order', { ...inOrder, receipts: 'auto' }],
  ['Out of order', { ...inOrder, receipts: 'auto', shuffleReceipts: true }],
  ['Twice', { ...inOrder, receipts: 'auto', doubleReceipts: true }],
  ['Held back', { ...inOrder, receipts: 'auto', holdReceipts: true }],
  ['None', { ...inOrder, receipts: 'manual' }],
];
const always = [
  ['Normal', calm],
  ['Slow', { ...calm, delayMs: 3_000 }],
  ['Answer lost', { ...calm, loseAnswer: 'always' }],
];
const fails = (code, title) => [`Fails later: ${code}`, { ...calm, failLater: { code, title } }];
const refuses = (code, title) => [`Refuses: ${code}`, { ...calm, ...refusal(code, title, 400) }];

const chips = {
  whatsapp: {
    moods: [
      ...always,
      refuses(131047, 'Re-engagement message'),
      fails(131026, 'Message undeliverable'),
      ['Rate limited', { ...calm, ...refusal(130429, 'Rate limit hit', 429) }],
      ['Down', { ...calm, ...refusal(131016, 'Service unavailable', 503) }],
    ],
    receipts,
    reads: [
      ['Reads by itself', { reads: 'auto' }],
      ['Leaves unread', { reads: 'manual' }],
    ],
  },
  twilio: {
    moods: [
      ...always,
      refuses(21610, 'Attempt to send to unsubscribed recipient'),
      fails(30005, 'Unknown destination handset'),
      ['Rate limited', { ...calm, ...refusal(20429, 'Too Many Requests', 429) }],
      ['Down', { ...calm, ...refusal(20503, 'Service unavailable', 503) }],
    ],
    receipts,
    reads: [],
  },
};
const names = { whatsapp: 'WhatsApp', twilio: 'SMS' };

/** Whether `actual` has what the chip asks for; words that the server filled in do not count. */
const holds = (actual, wanted) =>
  Object.entries(wanted).every(([key, value]) =>
    value !== null && typeof value === 'object'
      ? actual[key]?.code === value.code
      : actual[key] === value,
  );

const by = (id) => document.getElementById(id);

/** One button for each choice of a group; `choose` is given the settings of the one pressed. */
export const makeChips = (provider, choose) => {
  for (const [group, choices] of Object.entries(chips[provider]))
    by(group).replaceChildren(
      ...choices.map(([label, settings]) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = label;
        button.addEventListener('click', () => choose({ [provider]: settings }));
        return button;
      }),
    );
  by('reading').hidden = chips[provider].reads.length === 0;
};

/** Says when the provider that is not shown is in a mood, so that nobody wonders. */
const otherMood = (provider, moods) => {
  const other = provider === 'whatsapp' ? 'twilio' : 'whatsapp';
  const { moods: sending, receipts: receiving } = chips[other];
  const isCalm = [sending, receiving].every(([first]) => holds(moods[other], first[1]));
  return isCalm ? '' : `${names[other]} is not in its normal mood.`;
};

export const drawMoods = (provider, moods) => {
  for (const [group, choices] of Object.entries(chips[provider]))
    [...by(group).children].forEach((button, index) => {
      const isChosen = holds(moods[provider], choices[index]?.[1] ?? {});
      button.setAttribute('aria-pressed', String(isChosen));
    });
  by('other-mood').textContent = otherMood(provider, moods);
  const { held } = moods;
  const text = held === 0 ? '' : `${held} held back. They go out with another choice.`;
  by('held').textContent = text;
};
