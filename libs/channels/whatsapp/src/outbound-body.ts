import type { JsonObject } from '#kernel';
import type { OutboundContent } from './sender.js';

type Template = Extract<OutboundContent, { readonly kind: 'template' }>;

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

/**
 * What a message says, as the Cloud API wants it: `type`, and the object that is called like it.
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages (read 2026-11-20)
 */
export const outboundBody = (content: OutboundContent): JsonObject => {
  switch (content.kind) {
    case 'text':
      return { type: 'text', text: { body: content.text } };
    case 'template':
      return { type: 'template', template: templateBody(content) };
  }
};
