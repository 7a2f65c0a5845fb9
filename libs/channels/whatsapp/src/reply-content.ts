import { at, nestingDepth, textAt } from '#channels/http';
import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { parseFinite } from './parse.js';
import type { InboundContent, ReplyKind } from './webhook-item.js';

type Reply = Extract<InboundContent, { readonly kind: 'reply' }>;

/** A form's answers may nest this deep before they are kept as the text that they came as. */
const ANSWERS_DEPTH_MAX = 16;

const reply = (kind: ReplyKind, told: Partial<Omit<Reply, 'kind' | 'reply'>>): Reply => ({
  kind: 'reply',
  reply: kind,
  id: null,
  title: null,
  description: null,
  data: null,
  ...told,
});

const chosen = (
  kind: ReplyKind,
  told: Json | undefined,
  names: { readonly id: string; readonly title: string },
): Reply | null => {
  const id = textAt(told, names.id) ?? null;
  const title = textAt(told, names.title) ?? null;
  const description = textAt(told, 'description') ?? null;
  return id === null && title === null ? null : reply(kind, { id, title, description });
};

/** A quick reply under one of our templates. */
export const buttonOf = (message: Json): Reply | null =>
  chosen('TEMPLATE_BUTTON', at(message, 'button'), { id: 'payload', title: 'text' });

/** `response_json` is text that should hold an object; whatever else it holds is kept as the text. */
const answersOf = (text: string): JsonObject => {
  const asText = { response_json: text };
  if (nestingDepth(Buffer.from(text)) > ANSWERS_DEPTH_MAX) return asText;
  try {
    const answers = parseFinite(text);
    return isJsonObject(answers) ? answers : asText;
  } catch {
    return asText;
  }
};

const flowOf = (told: Json): Reply => {
  const text = textAt(told, 'response_json');
  return reply('FLOW', {
    id: textAt(told, 'name') ?? null,
    title: textAt(told, 'body') ?? null,
    data: text === undefined ? null : answersOf(text),
  });
};

const permissionOf = (told: JsonObject): Reply => {
  const { response: _, ...data } = told;
  return reply('CALL_PERMISSION', { id: textAt(told, 'response') ?? null, data });
};

/** A reply to our buttons, our list, our flow, or our question whether we may call. */
export const interactiveOf = (message: Json): Reply | null => {
  const told = at(message, 'interactive');
  const names = { id: 'id', title: 'title' };
  const flow = at(told, 'nfm_reply');
  const permission = at(told, 'call_permission_reply');
  if (isJsonObject(flow)) return flowOf(flow);
  if (isJsonObject(permission)) return permissionOf(permission);
  return (
    chosen('BUTTON', at(told, 'button_reply'), names) ??
    chosen('LIST', at(told, 'list_reply'), names)
  );
};

export const orderOf = (message: Json): Reply | null => {
  const data = at(message, 'order');
  if (!isJsonObject(data)) return null;
  const id = textAt(data, 'catalog_id') ?? null;
  return reply('ORDER', { id, title: textAt(data, 'text') ?? null, data });
};
