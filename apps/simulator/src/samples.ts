import { voiceNote } from './voice-note.js';

/** A file that a customer's phone can send. */
export type Sample = {
  /** Meta's word for the message. */
  readonly type: 'audio' | 'image' | 'document' | 'sticker';
  readonly mimeType: string;
  readonly bytes: Buffer;
  /** What else Meta says of it in the webhook. */
  readonly more: { readonly [name: string]: string | boolean };
};

const fromBase64 = (...lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'base64');

/** A red car under the sun: 96 by 64, in squares of one colour. */
const photo = fromBase64(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI',
  'CAgICAgICAgICAgICAgICAgICAgICAj/wAARCABAAGADAREAAhEAAxEA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAEC',
  'AwQFBgcICQoL/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACAAMAAD8Auuwc2AAAAAAAAAAHdPAXpAAADhXv',
  'zzddVzwAAAAAAAAAA614S9FAAAck92edLyueAAAAAAAAAAG+8RehAAAMB7c89XUB4AAAAAAAAAAAAAAAAXlc8AAB',
  '4o5N7QAAA9rdY8XAAAAAAADxFjJgAezHsQAAAAABjTeOgAAAAAIzjwAnZT19wrbeXu6Yj1BwrbeXu6Yj1BA1XkAA',
  'AAAABhxwAAAAAAAAAAAAAAAAf//Z',
);

/** One pixel. */
const sticker = fromBase64('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==');

const pdfOf = (words: string): Buffer => {
  const page = `BT /F1 24 Tf 40 90 Td (${words}) Tj ET`;
  const objects = [
    '<</Type /Catalog /Pages 2 0 R>>',
    '<</Type /Pages /Kids [3 0 R] /Count 1>>',
    '<</Type /Page /Parent 2 0 R /MediaBox [0 0 360 144] /Contents 4 0 R ' +
      '/Resources <</Font <</F1 5 0 R>>>>>>',
    `<</Length ${page.length}>>\nstream\n${page}\nendstream`,
    '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const start = text.length;
  text +=
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}` +
    `trailer\n<</Size ${objects.length + 1} /Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
};

const VOICE_SECONDS = 3;

/** By the word that asks for them. */
export const samples: ReadonlyMap<string, Sample> = new Map<string, Sample>([
  [
    'voice',
    {
      type: 'audio',
      mimeType: 'audio/ogg; codecs=opus',
      bytes: voiceNote(VOICE_SECONDS),
      more: { voice: true },
    },
  ],
  ['image', { type: 'image', mimeType: 'image/jpeg', bytes: photo, more: {} }],
  [
    'document',
    {
      type: 'document',
      mimeType: 'application/pdf',
      bytes: pdfOf('The car papers'),
      more: { filename: 'car papers.pdf' },
    },
  ],
  [
    'sticker',
    { type: 'sticker', mimeType: 'image/webp', bytes: sticker, more: { animated: false } },
  ],
]);
