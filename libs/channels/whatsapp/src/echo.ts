import { textAt } from '#channels/http';
import type { Json } from '#kernel';
import { contentOf, surroundingsOf, typeOf } from './content.js';
import { echoedTo } from './customer.js';
import { notice } from './notice.js';
import type { Place } from './place.js';
import { isUnreadable, told } from './told.js';
import type { WebhookItem } from './webhook-item.js';

/** What the app does to earlier messages; nobody follows it yet. */
const CHANGES: ReadonlySet<string> = new Set(['reaction', 'edit', 'revoke']);

/** One of `value.message_echoes`: what somebody of the business wrote in the WhatsApp Business app. */
export const readEcho = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  echo: Json,
): WebhookItem => {
  const type = typeOf(echo);
  if (CHANGES.has(type)) return notice(place, `message_echoes.${type}`, echo);
  const customer = echoedTo(echo, value);
  const base = told(place, phoneNumberId, { what: 'an echo', update: echo, customer });
  if (isUnreadable(base)) return base;
  const quoted = textAt(echo, 'context', 'id');
  return {
    ...base,
    kind: 'echo',
    content: contentOf(echo, type),
    surroundings: surroundingsOf(echo),
    ...(quoted === undefined ? {} : { quotedProviderMessageId: quoted }),
  };
};
