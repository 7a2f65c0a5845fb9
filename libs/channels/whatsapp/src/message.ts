import { at, textAt } from '#channels/http';
import { isJsonObject, type Json } from '#kernel';
import { contentOf, surroundingsOf, typeOf } from './content.js';
import { senderOf } from './customer.js';
import type { Place } from './place.js';
import { isUnreadable, told, type Told } from './told.js';
import { formerly, readChange } from './user-id.js';
import type { WebhookItem } from './webhook-item.js';

/**
 * Types that are not the customer writing to us: a changed number, and changes of an earlier
 * message. Meta says nothing of reactions and of what it calls unsupported; we count them, and a
 * refusal (131047) corrects us when Meta does not.
 */
const OPENS_NO_WINDOW: ReadonlySet<string> = new Set(['system', 'edit', 'revoke']);

/** What concerns an earlier message; null when it is none of that, or does not say which message. */
const concerning = (base: Told, message: Json, type: string): WebhookItem | null => {
  const changed = type === 'reaction' ? 'message_id' : 'original_message_id';
  const target = textAt(message, type, changed);
  if (target === undefined) return null;
  const about = { ...base, targetProviderMessageId: target };
  if (type === 'reaction')
    // Without an emoji, or with an empty one, it takes back an earlier reaction.
    return { ...about, kind: 'reaction', emoji: textAt(message, 'reaction', 'emoji') ?? null };
  if (type === 'revoke') return { ...about, kind: 'revoke' };
  const words = at(message, 'edit', 'message');
  if (type !== 'edit' || !isJsonObject(words)) return null;
  const content = contentOf(words);
  // Words that nobody can read must not take the place of the old ones.
  return content.kind === 'unsupported' ? null : { ...about, kind: 'edit', content };
};

/** One of `value.messages`: what the customer did, or unreadable with what is missing. */
export const readMessage = (
  place: Place,
  phoneNumberId: string,
  value: Json,
  message: Json,
): WebhookItem => {
  const change = readChange(message);
  // A system message may come without a sender: then its own words say whom it is about.
  const sender = senderOf(message, value);
  const customer = change ? formerly(sender, change) : sender;
  const base = told(place, phoneNumberId, { what: 'a message', update: message, customer });
  if (isUnreadable(base)) return base;
  const type = typeOf(message);
  const quoted = textAt(message, 'context', 'id');
  return (
    concerning(base, message, type) ?? {
      ...base,
      kind: 'message',
      ...(change === null ? {} : { becomes: change.becomes }),
      content: contentOf(message, type),
      surroundings: surroundingsOf(message),
      ...(quoted === undefined ? {} : { quotedProviderMessageId: quoted }),
      opensWindow: !OPENS_NO_WINDOW.has(type),
    }
  );
};
