// The moods of the providers: one provider's choices at a time, both in words.
import { holds, moodText, providers, receipts, refusing, sending, undone } from './choices.js';
import { by, make, setText } from './words.js';

let drawn = { provider: '', code: null };

const chip = (label, press) => {
  const button = make('button', { type: 'button' }, label);
  button.addEventListener('click', press);
  return button;
};
const mark = (button, isChosen) => button.setAttribute('aria-pressed', String(isChosen));

const errorOf = (provider) => {
  const code = Number(by('error').value);
  return (
    providers[provider].errors.find((each) => each.code === code) ?? { code, title: 'An error' }
  );
};

/** What the chips of each group ask for, in their order. */
const groupsOf = (provider) => ({
  sending: sending.map(([label, settings]) => [label, () => settings]),
  refusing: refusing.map(([label, make]) => [label, () => make(errorOf(provider))]),
  receipts: [receipts.normal, ...receipts.any].map(([label, settings]) => [label, () => settings]),
  own: providers[provider].own.choices.map(([label, settings]) => [label, () => settings]),
});

const fill = (provider, mood, choose) => {
  const press = (group, settings) => {
    const isUndoing = group === 'receipts' && settings !== receipts.normal[1];
    const next = isUndoing && holds(mood(), settings) ? undone(settings) : settings;
    choose({ [provider]: next });
  };
  for (const [group, choices] of Object.entries(groupsOf(provider)))
    by(group).replaceChildren(
      ...choices.map(([label, settings]) => chip(label, () => press(group, settings()))),
    );
  by('error').replaceChildren(
    ...providers[provider].errors.map(({ code, title }) =>
      make('option', { value: code }, `${code} · ${title}`),
    ),
  );
  setText(by('own-title'), providers[provider].own.title);
  by('own').setAttribute('aria-label', providers[provider].own.title);
};

/** The error that the mood has is the one chosen, until somebody chooses another. */
const showError = (provider, { refuse, failLater }) => {
  const error = refuse ?? failLater;
  const isNew = error !== null && error.code !== drawn.code;
  drawn = { provider, code: error?.code ?? null };
  if (!isNew) return;
  const select = by('error');
  if (![...select.options].some((option) => Number(option.value) === error.code))
    select.append(make('option', { value: error.code }, `${error.code} · ${error.title}`));
  select.value = String(error.code);
};

/** `state` has the provider shown and the moods; `choose` is given a body for /simulator/moods. */
export const drawMoods = (state, choose) => {
  const { provider, moods, smsNumbers, held } = state;
  if (drawn.provider !== provider) {
    fill(provider, () => state.moods[provider], choose);
    drawn = { provider, code: null };
  }
  showError(provider, moods[provider]);
  for (const [group, choices] of Object.entries(groupsOf(provider)))
    choices.forEach(([, settings], index) =>
      mark(by(group).children[index], holds(moods[provider], settings())),
    );
  by('providers').hidden = smsNumbers.length === 0;
  for (const button of by('providers').children) {
    const { provider: each } = button.dataset;
    mark(button, each === provider);
    setText(button.querySelector('small'), moodText(each, moods[each]));
  }
  by('held').hidden = held === 0;
  setText(by('held-count'), held === 1 ? '1 receipt is held back.' : `${held} are held back.`);
};

export const listenToMoods = (show, release) => {
  for (const button of by('providers').children)
    button.addEventListener('click', () => show(button.dataset.provider));
  by('release').addEventListener('click', release);
  // Another error is another question to the chips beside it.
  by('error').addEventListener('change', () => show(drawn.provider));
};
