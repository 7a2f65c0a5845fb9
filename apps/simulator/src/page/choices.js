// What may be chosen of each provider's mood: settings of /simulator/moods with their words.
const calm = { loseAnswer: 0, refuse: null, delayMs: 0, failLater: null };
const inOrder = {
  doubleReceipts: false,
  shuffleReceipts: false,
  holdReceipts: false,
  receipts: 'auto',
};

/** What a send may meet: one at a time. */
export const sending = [
  ['Normal', calm],
  ['Slow: 3 s', { ...calm, delayMs: 3_000 }],
  ['Slow: 1 min', { ...calm, delayMs: 60_000 }],
  ['Loses an answer', { ...calm, loseAnswer: 1 }],
  ['Loses answers', { ...calm, loseAnswer: 'always' }],
];

/** What may be done with the error chosen beside them. */
export const refusing = [
  ['Refuses the next', (error) => ({ ...calm, refuse: { ...error, times: 1 } })],
  ['Refuses all', (error) => ({ ...calm, refuse: { ...error, times: 'always' } })],
  ['Fails later', ({ code, title }) => ({ ...calm, failLater: { code, title } })],
];

/** Receipts in order, or any of these at once. */
export const receipts = {
  normal: ['In order', inOrder],
  any: [
    ['Out of order', { shuffleReceipts: true }],
    ['Twice', { doubleReceipts: true }],
    ['Held back', { holdReceipts: true }],
    ['By hand only', { receipts: 'manual' }],
  ],
};

const error = (code, title, httpStatus = 400) => ({ code, title, httpStatus });

/** Of each provider: its errors, and what only it has. */
export const providers = {
  whatsapp: {
    name: 'WhatsApp',
    errors: [
      error(131047, 'Re-engagement message'),
      error(131026, 'Message undeliverable'),
      error(131049, 'Not delivered to maintain ecosystem engagement'),
      error(131050, 'User has stopped marketing messages'),
      error(131051, 'Unsupported message type'),
      error(131042, 'Business eligibility payment issue'),
      error(130429, 'Rate limit hit', 429),
      error(131056, 'Pair rate limit hit', 429),
      error(190, 'Access token has expired', 401),
      error(131000, 'Something went wrong', 500),
      error(131016, 'Service unavailable', 503),
    ],
    own: {
      title: 'The phone',
      choices: [
        ['Reads by itself', { reads: 'auto' }],
        ['Leaves unread', { reads: 'manual' }],
      ],
    },
  },
  twilio: {
    name: 'SMS',
    errors: [
      error(21610, 'Attempt to send to unsubscribed recipient'),
      error(21211, "Invalid 'To' phone number"),
      error(21408, 'Permission to send to this region not enabled'),
      error(21614, "'To' is not a mobile number"),
      error(30003, 'Unreachable destination handset'),
      error(30004, 'Message blocked'),
      error(30005, 'Unknown destination handset'),
      error(30007, 'Message filtered'),
      error(30008, 'Unknown error'),
      error(20003, 'Authenticate', 401),
      error(20429, 'Too Many Requests', 429),
      error(20503, 'Service unavailable', 503),
    ],
    own: {
      title: 'What customers send',
      choices: [
        ['Reaches us', { dropInbound: false }],
        ['Stands in the list only', { dropInbound: true }],
      ],
    },
  },
};

/** Whether `actual` has what a choice asks for; words that the server filled in do not count. */
export const holds = (actual, wanted) =>
  Object.entries(wanted).every(([key, value]) =>
    value !== null && typeof value === 'object'
      ? actual[key]?.code === value.code && actual[key]?.times === value.times
      : actual[key] === value,
  );

/** The settings that take a choice of `receipts.any` back. */
export const undone = (settings) =>
  Object.fromEntries(Object.keys(settings).map((key) => [key, inOrder[key]]));

const timesText = (times, one, all) => {
  if (times === 'always') return all;
  return times === 1 ? `the next ${one}` : `the next ${times} ${one}s`;
};

const chosen = (mood, choices) =>
  choices.filter(([, settings]) => holds(mood, settings)).map(([label]) => label.toLowerCase());

/** A mood in words; "normal" when nothing is out of the ordinary. */
export const moodText = (provider, mood) => {
  const { refuse, failLater } = mood;
  const disorder = chosen(mood, receipts.any);
  const texts = [
    mood.delayMs > 0 && `answers after ${mood.delayMs / 1000} s`,
    mood.loseAnswer !== 0 && `loses ${timesText(mood.loseAnswer, 'answer', 'every answer')}`,
    refuse !== null && `refuses ${timesText(refuse.times, 'send', 'all')}: ${refuse.code}`,
    failLater !== null && `fails later: ${failLater.code}`,
    disorder.length > 0 && `receipts ${disorder.join(', ')}`,
    ...chosen(mood, providers[provider].own.choices.slice(1)),
  ].filter((text) => text !== false);
  return texts.length === 0 ? 'normal' : texts.join(', ');
};
