import { isJsonObject, organisationId, type Json, type JsonObject } from '#kernel';
import type { MediaContent, MessageContent, SystemContent } from '../domain/content.js';
import type { InteractiveAction } from '../domain/interactive.js';
import { contentOf, fileOf, goneText } from '../views/cells.js';
import type { MessageRow } from '../views/messages.projection.js';

/** What a message says, and what came with it, as clients see it. */
export const contentShape = (row: MessageRow) => {
  const content = contentOf(row.content);
  const extras = content && 'extras' in content ? content.extras : {};
  return {
    content: content ? shapeOf(content, row) : text(goneText(row)),
    forwarded: forwardings.get(textIn(extras, 'forwarded') ?? '') ?? null,
    referral: referralShape(extras['referral']),
    referredProduct: productShape(extras['referredProduct']),
  };
};

const text = (words: string) => ({ __typename: 'TextContent' as const, text: words });

const shapeOf = (content: MessageContent, row: MessageRow) => {
  switch (content.kind) {
    case 'text':
      return text(content.text);
    case 'media':
      return mediaShape(content, row);
    case 'location': {
      const { latitude, longitude, name, address, url } = content;
      return { __typename: 'LocationContent', latitude, longitude, name, address, url };
    }
    case 'contacts':
      return { __typename: 'ContactsContent', contacts: content.contacts };
    case 'reply': {
      const { reply, id: chosenId, title, description, data } = content;
      const choice = { reply, chosenId, title, description, data };
      return { __typename: 'InteractiveReplyContent', ...choice };
    }
    case 'interactive': {
      const { header, body, footer, action } = content;
      const words = { header: header === null ? null : { text: header }, body, footer };
      return { __typename: 'InteractiveContent', ...words, action: actionShape(action) };
    }
    case 'template': {
      const { templateId, name, language, body, variables } = content;
      return { __typename: 'TemplateContent', templateId, name, language, body, variables };
    }
    case 'system':
      return { __typename: 'UnsupportedContent', type: content.change, raw: systemRaw(content) };
    case 'unsupported':
      return { __typename: 'UnsupportedContent', type: content.type, raw: content.raw };
  }
};

const actionShape = (action: InteractiveAction) => {
  switch (action.kind) {
    case 'buttons':
      return { __typename: 'ReplyButtons', buttons: action.buttons };
    case 'list':
      return { __typename: 'ChoiceList', button: action.button, sections: action.sections };
    case 'url':
      return { __typename: 'UrlButton', text: action.text, url: action.url };
  }
};

/** Where the file is to be had is said by whoever knows how it is served: see MediaContentResolver. */
export const mediaShape = (
  { media, mimeType, sha256, caption, filename, isVoice, isAnimated }: MediaContent,
  row: MessageRow,
) => {
  const file = row.file === null ? null : fileOf(row.file);
  return {
    __typename: 'MediaContent' as const,
    id: row.message_id,
    kind: media,
    mimeType,
    sha256,
    caption,
    filename,
    voice: isVoice,
    animated: isAnimated,
    state: file?.state ?? 'PENDING',
    size: file?.state === 'STORED' ? file.size : null,
    failure: file?.state === 'REFUSED' ? file.failure : null,
    organisationId: organisationId(row.organisation_id),
  };
};

export type MediaShape = ReturnType<typeof mediaShape>;

/** The contract has no type for what WhatsApp says of a customer: it is told by its name. */
const systemRaw = ({ text, waId, userId }: SystemContent): JsonObject => ({
  ...(text === null ? {} : { body: text }),
  ...(waId === null ? {} : { wa_id: waId }),
  ...(userId === null ? {} : { user_id: userId }),
});

const forwardings = new Map([
  ['once', 'ONCE'],
  ['often', 'OFTEN'],
]);

/** The ad or post as WhatsApp told it, by the names of the schema. */
const referralShape = (told: Json | undefined) =>
  isJsonObject(told)
    ? {
        sourceType: textIn(told, 'source_type'),
        sourceId: textIn(told, 'source_id'),
        sourceUrl: textIn(told, 'source_url'),
        headline: textIn(told, 'headline'),
        body: textIn(told, 'body'),
        mediaType: textIn(told, 'media_type'),
        clickId: textIn(told, 'ctwa_clid'),
      }
    : null;

const productShape = (told: Json | undefined) =>
  isJsonObject(told)
    ? { catalogId: textIn(told, 'catalog_id'), productId: textIn(told, 'product_retailer_id') }
    : null;

const textIn = (object: JsonObject, name: string): string | null => {
  const value = object[name];
  return typeof value === 'string' ? value : null;
};
