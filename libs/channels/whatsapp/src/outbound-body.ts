import type { Json, JsonObject } from '#kernel';
import type { OutboundAction, OutboundContent } from './sender.js';

type Template = Extract<OutboundContent, { readonly kind: 'template' }>;
type Interactive = Extract<OutboundContent, { readonly kind: 'interactive' }>;

/** A template without variables has no components: an empty one is refused. */
const templateBody = ({ name, language, variables }: Template): JsonObject => ({
  name,
  language: { code: language },
  ...(variables.length === 0
    ? {}
    : {
        components: [
          {
            type: 'body',
            parameters: variables.map((each) => ({
              type: 'text',
              parameter_name: each.name,
              text: each.value,
            })),
          },
        ],
      }),
});

/** Absent instead of null: the Cloud API takes no null. */
const given = (parts: { readonly [name: string]: string | null }): JsonObject =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));

const actionBody = (action: OutboundAction): { readonly type: string; readonly action: Json } => {
  switch (action.kind) {
    case 'buttons': {
      const buttons = action.buttons.map(({ id, title }) => ({
        type: 'reply',
        reply: { id, title },
      }));
      return { type: 'button', action: { buttons } };
    }
    case 'list': {
      const sections = action.sections.map(({ title, rows }) => ({
        ...given({ title }),
        rows: rows.map((row) => ({ id: row.id, title: row.title, ...given(described(row)) })),
      }));
      return { type: 'list', action: { button: action.button, sections } };
    }
    case 'url': {
      const parameters = { display_text: action.text, url: action.url };
      return { type: 'cta_url', action: { name: 'cta_url', parameters } };
    }
  }
};

const described = ({ description }: { readonly description: string | null }) => ({ description });

const interactiveBody = ({ header, body, footer, action }: Interactive): JsonObject => ({
  ...(header === null ? {} : { header: { type: 'text', text: header } }),
  body: { text: body },
  ...(footer === null ? {} : { footer: { text: footer } }),
  ...actionBody(action),
});

/**
 * What a message says, as the Cloud API wants it: `type`, and the object that is called like it.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages (read 2026-11-20)
 */
export const outboundBody = (content: OutboundContent): JsonObject => {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text } };
    case 'location': {
      const { latitude, longitude, name, address } = content;
      return { type: 'location', location: { latitude, longitude, ...given({ name, address }) } };
    }
    case 'interactive':
      return { type: 'interactive', interactive: interactiveBody(content) };
    case 'template':
      return { type: 'template', template: templateBody(content) };
  }
};
