import type { JsonObject } from '#kernel';

const media = (changed: JsonObject): JsonObject => ({
  id: '48211907',
  sha256: 'q0Zl2bYw7h3Qm1rT8sVd4KfXcN6gJp5uE9aLxHiOyCs=',
  ...changed,
});

const referral: JsonObject = {
  source_url: 'https://fb.me/winter-check',
  source_id: '7003120',
  source_type: 'ad',
  headline: 'Winter check',
  body: 'Brakes, battery, lights',
  media_type: 'image',
  image_url: 'https://example.com/winter.jpg',
  ctwa_clid: 'clid-31',
};

/**
 * What a customer can do, in the shapes in which WhatsApp tells it: the parts of a message besides
 * its sender, id and time. `TARGET` stands for the id of an earlier message.
 */
export const messageShapes = {
  text: { type: 'text', text: { body: 'Is it ready?' } },
  'text from an ad': { type: 'text', text: { body: 'How much is it?' }, referral },
  'text, passed on': {
    type: 'text',
    text: { body: 'Look at this' },
    context: { forwarded: true },
  },
  'text, passed on often': {
    type: 'text',
    text: { body: 'Everybody must see this' },
    context: { frequently_forwarded: true },
  },
  'text about a product': {
    type: 'text',
    text: { body: 'Is this one left?' },
    context: {
      from: '447700900123',
      id: 'wamid.catalogue',
      referred_product: { catalog_id: '5501', product_retailer_id: 'tyre-17' },
    },
  },
  'text that answers': {
    type: 'text',
    text: { body: 'Yes, that one' },
    context: { from: '447700900123', id: 'TARGET' },
  },
  image: { type: 'image', image: media({ mime_type: 'image/jpeg', caption: 'The dent' }) },
  video: { type: 'video', video: media({ mime_type: 'video/mp4' }) },
  audio: { type: 'audio', audio: media({ mime_type: 'audio/mpeg', voice: false }) },
  voice: {
    type: 'audio',
    audio: media({ mime_type: 'audio/ogg; codecs=opus', voice: true }),
  },
  document: {
    type: 'document',
    document: media({
      mime_type: 'application/pdf',
      filename: 'Übergabe-протокол.pdf',
      caption: 'Signed',
    }),
  },
  sticker: { type: 'sticker', sticker: media({ mime_type: 'image/webp', animated: true }) },
  location: {
    type: 'location',
    location: {
      latitude: 51.5055,
      longitude: -0.0754,
      name: 'Tower Bridge',
      address: 'London SE1 2UP',
      url: 'https://example.com/bridge',
    },
  },
  'location, a pin alone': { type: 'location', location: { latitude: -33.86, longitude: 151.2 } },
  'location without a type': { location: { latitude: 0, longitude: 0, name: 'Null Island' } },
  contacts: {
    type: 'contacts',
    contacts: [
      {
        name: { first_name: 'Sofia', last_name: 'Marino', formatted_name: 'Sofia Marino' },
        org: { company: 'Marino Garage' },
        phones: [{ phone: '+44 7700 900734', wa_id: '447700900734', type: 'WORK' }],
        emails: [{ email: 'sofia@example.com', type: 'WORK' }],
      },
      { name: { first_name: 'Only', last_name: 'Name' } },
    ],
  },
  'button of a template': {
    type: 'button',
    button: { payload: 'confirm-tuesday', text: 'Confirm' },
    context: { from: '447700900123', id: 'TARGET' },
  },
  'button of a template without context': { type: 'button', button: { text: 'Confirm' } },
  'button reply': {
    type: 'interactive',
    interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes, please' } },
    context: { from: '447700900123', id: 'TARGET' },
  },
  'list reply': {
    type: 'interactive',
    interactive: {
      type: 'list_reply',
      list_reply: { id: 'slot-9', title: '09:00', description: 'Tuesday morning' },
    },
  },
  'list reply without a description': {
    type: 'interactive',
    interactive: { type: 'list_reply', list_reply: { id: 'slot-10', title: '10:00' } },
  },
  'flow reply': {
    type: 'interactive',
    interactive: {
      type: 'nfm_reply',
      nfm_reply: {
        name: 'feedback',
        body: 'Sent',
        response_json: '{"flow_token":"t-1","stars":5,"why":"naïve"}',
      },
    },
  },
  'flow reply that is no object': {
    type: 'interactive',
    interactive: { type: 'nfm_reply', nfm_reply: { response_json: '[1]' } },
  },
  'flow reply that is broken': {
    type: 'interactive',
    interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{"stars":' } },
  },
  'call permission': {
    type: 'interactive',
    interactive: {
      type: 'call_permission_reply',
      call_permission_reply: {
        response: 'accept',
        expiration_timestamp: 1795789200,
        response_source: 'user_action',
      },
    },
  },
  order: {
    type: 'order',
    order: {
      catalog_id: '5501',
      text: 'For Tuesday',
      product_items: [
        { product_retailer_id: 'tyre-17', quantity: 4, item_price: 89.5, currency: 'GBP' },
      ],
    },
  },
  'changed number': {
    type: 'system',
    system: {
      body: 'The customer changed their number',
      wa_id: '447700900282',
      type: 'user_changed_number',
    },
  },
  'changed user id': {
    type: 'system',
    system: { body: 'A new user id', user_id: 'GB.9901', type: 'user_changed_user_id' },
  },
  'chat opened for the first time': { type: 'request_welcome' },
  unsupported: {
    type: 'unsupported',
    errors: [{ code: 131051, title: 'Message type unknown', details: 'Not passed on' }],
    unsupported: { type: 'poll' },
  },
  'interactive without a body': { type: 'interactive' },
  'type of the future': { type: 'hologram', hologram: { id: '7' } },
} as const satisfies { readonly [name: string]: JsonObject };

export type MessageShapeName = keyof typeof messageShapes;
