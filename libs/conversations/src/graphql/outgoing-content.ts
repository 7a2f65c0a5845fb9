import { textLengthMax, type LocationContent, type MessageContent } from '../domain/content.js';
import {
  interactiveFault,
  locationFault,
  wordsFault,
  type ContentFault,
} from '../domain/content-fault.js';
import type { InteractiveAction, InteractiveContent } from '../domain/interactive.js';
import type { InteractiveInput, LocationInput } from './content-inputs.js';
import { faultyContent, invalidContent } from './content-refusals.js';

/** What is to be said: one of them. */
export type Said = {
  readonly text?: string | null;
  readonly interactive?: InteractiveInput | null;
  readonly location?: LocationInput | null;
};

export type Outgoing =
  | { readonly kind: 'content'; readonly content: MessageContent }
  | { readonly kind: 'refused'; readonly refusal: object };

const isGiven = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined;

/** What a writer wants to say, or why nobody could be sent it. */
export const outgoingContent = ({ text, interactive, location }: Said): Outgoing => {
  const given = Object.entries({ text, interactive, location }).filter(([, each]) => isGiven(each));
  const [, second] = given;
  if (second)
    return refused(invalidContent(second[0], 'Say one thing: words, a choice or a place.'));
  if (isGiven(interactive)) return interactiveContent(interactive);
  if (isGiven(location)) return judged(locationContent(location), locationFault);
  return textContent(text ?? '');
};

const refused = (refusal: object): Outgoing => ({ kind: 'refused', refusal });

const judged = <Content extends MessageContent>(
  content: Content,
  faultOf: (content: Content) => ContentFault | null,
): Outgoing => {
  const fault = faultOf(content);
  return fault ? refused(faultyContent(fault)) : { kind: 'content', content };
};

const textContent = (text: string): Outgoing => {
  const content = { kind: 'text' as const, text, extras: {} };
  return judged(content, () => wordsFault('text', text, textLengthMax));
};

const locationContent = ({ latitude, longitude, ...said }: LocationInput): LocationContent => ({
  kind: 'location',
  latitude,
  longitude,
  name: said.name ?? null,
  address: said.address ?? null,
  url: null,
  extras: {},
});

const interactiveContent = (input: InteractiveInput): Outgoing => {
  const [action, another] = actionsOf(input);
  if (!action || another)
    return refused(invalidContent('interactive', 'Give one of buttons, list and urlButton.'));
  const { header, body, footer } = input;
  const words = { header: header?.text ?? null, body, footer: footer ?? null };
  const content: InteractiveContent = { kind: 'interactive', ...words, action, extras: {} };
  return judged(content, interactiveFault);
};

const actionsOf = ({
  buttons,
  list,
  urlButton,
}: InteractiveInput): readonly InteractiveAction[] => [
  ...(isGiven(buttons)
    ? [{ kind: 'buttons' as const, buttons: buttons.map(({ id, title }) => ({ id, title })) }]
    : []),
  ...(isGiven(list) ? [listOf(list)] : []),
  ...(isGiven(urlButton)
    ? [{ kind: 'url' as const, text: urlButton.text, url: urlButton.url }]
    : []),
];

const listOf = ({
  button,
  sections,
}: NonNullable<InteractiveInput['list']>): InteractiveAction => ({
  kind: 'list',
  button,
  sections: sections.map(({ title, rows }) => ({
    title: title ?? null,
    rows: rows.map((row) => {
      const { id, title: name, description } = row;
      return { id, title: name, description: description ?? null };
    }),
  })),
});
