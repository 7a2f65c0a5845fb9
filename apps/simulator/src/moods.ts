import { isJsonObject, type Json, type JsonObject } from '#kernel';
import { BadRequest } from './answers.js';
import { limits } from './limits.js';
import { field, knowsOnly, readObject } from './reading.js';

/** An error in a provider's words. */
export type SpokenError = {
  readonly code: number;
  readonly title: string;
  readonly message: string;
  readonly details: string;
};

export type Refusal = SpokenError & {
  readonly httpStatus: number;
  readonly times: number | 'always';
};

/** How a provider's double behaves. */
export type Mood = {
  /** Accepts, then cuts the connection before the answer: so many times, or always. */
  readonly loseAnswer: number | 'always';
  /** Answers sends with this error instead of accepting them: so many, or always. */
  readonly refuse: Refusal | null;
  /** How long an answer takes; receipts do not wait for it. */
  readonly delayMs: number;
  /** Accepts and sends, then reports this error. */
  readonly failLater: SpokenError | null;
  readonly doubleReceipts: boolean;
  /** Newest first. */
  readonly shuffleReceipts: boolean;
  /** Keeps receipts until it is false again, or they are released. */
  readonly holdReceipts: boolean;
  /** `manual`: none but those asked for at /simulator/receipts. */
  readonly receipts: 'auto' | 'manual';
  /** `manual`: read only when the phone is told to read. */
  readonly reads: 'auto' | 'manual';
  /** Between the acceptance and each receipt. */
  readonly receiptDelayMs: number;
};

/** Twilio's double also tells us what customers send. */
export type TwilioMood = Mood & {
  /** Tells nobody, as if our server were down: what customers send stands in the list only. */
  readonly dropInbound: boolean;
};

/** What becomes of a file that somebody fetches. */
export const mediaMoods = [
  'normal',
  /** The Graph API does not know it any more. */
  'gone',
  'unavailable',
  /** The Graph API names another address: that of `mediaUrl`, else of a cloud's own metadata. */
  'elsewhere',
  /** The file's address leads on to that. */
  'redirect',
  'wrong_type',
  'svg',
  'empty',
  'too_large',
  /** Not the bytes whose checksum was told. */
  'corrupt',
  /** Half of it, and the connection is cut. */
  'cut',
  /** Half of it, and then nothing. */
  'slow',
] as const;

export type MediaMood = (typeof mediaMoods)[number];

/** Meta's double also hands out files. */
export type WhatsAppMood = Mood & {
  readonly media: MediaMood;
  readonly mediaUrl: string | null;
};

/** All that either provider has. */
type AnyMood = TwilioMood & WhatsAppMood;

export const normalMood: Mood = {
  loseAnswer: 0,
  refuse: null,
  delayMs: 0,
  failLater: null,
  doubleReceipts: false,
  shuffleReceipts: false,
  holdReceipts: false,
  receipts: 'auto',
  reads: 'auto',
  receiptDelayMs: 150,
};
export const normalTwilioMood: TwilioMood = { ...normalMood, dropInbound: false };
export const normalWhatsAppMood: WhatsAppMood = {
  ...normalMood,
  media: 'normal',
  mediaUrl: null,
};

const COUNT_MAX = 1_000_000;

const wrong = (name: string, should: string): BadRequest =>
  new BadRequest(`"${name}" must be ${should}.`);

const readWhole = (name: string, value: Json, max: number): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max)
    throw wrong(name, `a whole number from 0 to ${max}`);
  return value;
};

const readFlag = (name: string, value: Json): boolean => {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
};

const readChoice = (name: string, value: Json): 'auto' | 'manual' => {
  if (value !== 'auto' && value !== 'manual') throw wrong(name, '"auto" or "manual"');
  return value;
};

const readMedia = (name: string, value: Json): MediaMood => {
  const found = mediaMoods.find((mood) => mood === value);
  if (found === undefined) throw wrong(name, `one of ${mediaMoods.join(', ')}`);
  return found;
};

const readUrl = (name: string, value: Json): string | null => {
  if (value === null) return null;
  if (typeof value !== 'string' || !URL.canParse(value)) throw wrong(name, 'an address, or null');
  return value;
};

const words = (object: JsonObject, name: string): string | undefined => {
  const value = field(object, name);
  return typeof value === 'string' ? value : undefined;
};

/** Reads `{code, title?, message?, details?}`; the title stands in for what is not said. */
export const readSpokenError = (name: string, value: Json): SpokenError => {
  if (!isJsonObject(value)) throw wrong(name, 'an object with a code, or null');
  const code = readWhole(`${name}.code`, field(value, 'code') ?? null, Number.MAX_SAFE_INTEGER);
  const title = words(value, 'title') ?? words(value, 'message') ?? 'An error of the simulator';
  return {
    code,
    title,
    message: words(value, 'message') ?? title,
    details: words(value, 'details') ?? title,
  };
};

const readTimes = (name: string, value: Json): number | 'always' =>
  value === 'always' ? value : readWhole(name, value, COUNT_MAX);

const readRefuse = (name: string, value: Json): Mood['refuse'] => {
  if (value === null) return null;
  const times = readTimes(`${name}.times`, field(value, 'times') ?? 'always');
  if (times === 0) return null;
  const httpStatus = field(value, 'httpStatus') ?? 400;
  if (typeof httpStatus !== 'number' || !(httpStatus >= 400 && httpStatus <= 599))
    throw wrong(`${name}.httpStatus`, 'a number from 400 to 599');
  return { ...readSpokenError(name, value), httpStatus: Math.floor(httpStatus), times };
};

const readers: {
  readonly [Name in keyof AnyMood]: (name: string, value: Json) => AnyMood[Name];
} = {
  loseAnswer: readTimes,
  refuse: readRefuse,
  delayMs: (name, value) => readWhole(name, value, limits.delayMsMax),
  failLater: (name, value) => (value === null ? null : readSpokenError(name, value)),
  doubleReceipts: readFlag,
  shuffleReceipts: readFlag,
  holdReceipts: readFlag,
  receipts: readChoice,
  reads: readChoice,
  receiptDelayMs: (name, value) => readWhole(name, value, limits.delayMsMax),
  dropInbound: readFlag,
  media: readMedia,
  mediaUrl: readUrl,
};

const withSettings = (mood: AnyMood, object: JsonObject): AnyMood => {
  const pick = <Name extends keyof AnyMood>(name: Name): AnyMood[Name] => {
    const value = field(object, name);
    return value === undefined ? mood[name] : readers[name](name, value);
  };
  return {
    loseAnswer: pick('loseAnswer'),
    refuse: pick('refuse'),
    delayMs: pick('delayMs'),
    failLater: pick('failLater'),
    doubleReceipts: pick('doubleReceipts'),
    shuffleReceipts: pick('shuffleReceipts'),
    holdReceipts: pick('holdReceipts'),
    receipts: pick('receipts'),
    reads: pick('reads'),
    receiptDelayMs: pick('receiptDelayMs'),
    dropInbound: pick('dropInbound'),
    media: pick('media'),
    mediaUrl: pick('mediaUrl'),
  };
};

/** A mood for each provider. */
export type Moods = { readonly whatsapp: WhatsAppMood; readonly twilio: TwilioMood };

export const normalMoods: Moods = {
  whatsapp: normalWhatsAppMood,
  twilio: normalTwilioMood,
};

const PROVIDERS = ['whatsapp', 'twilio'] as const;

/** The mood after what `body` says of it; null when that is the normal one. */
const changed = (moods: Moods, name: keyof Moods, body: JsonObject): AnyMood | null => {
  const said = field(body, name);
  const settings = said === undefined ? {} : said;
  if (settings === 'normal') return null;
  if (!isJsonObject(settings)) throw new BadRequest(`"${name}" must be an object, or "normal".`);
  knowsOnly(settings, Object.keys(normalMoods[name]));
  return withSettings({ ...normalTwilioMood, ...normalWhatsAppMood, ...moods[name] }, settings);
};

const ofWhatsApp = ({ dropInbound: _, ...mood }: AnyMood): WhatsAppMood => mood;

const ofTwilio = ({ media: _, mediaUrl: __, ...mood }: AnyMood): TwilioMood => mood;

/**
 * The moods after `body`: `{"whatsapp": {…}}` changes what it names, `{"whatsapp": "normal"}`
 * forgets everything; `twilio` alike, where `reads` has no effect. Throws a BadRequest that names
 * what is wrong; then nothing has changed.
 */
export const changeMoods = (moods: Moods, body: Json | undefined): Moods => {
  const object = readObject(body);
  knowsOnly(object, PROVIDERS);
  if (Object.keys(object).length === 0)
    throw new BadRequest('"whatsapp" must be an object, or "normal"; or "twilio" must.');
  const whatsapp = changed(moods, 'whatsapp', object);
  const twilio = changed(moods, 'twilio', object);
  return {
    whatsapp: whatsapp === null ? normalWhatsAppMood : ofWhatsApp(whatsapp),
    twilio: twilio === null ? normalTwilioMood : ofTwilio(twilio),
  };
};

/** The mood of one provider, as its double reads and spends it. */
export type MoodOf = {
  readonly mood: () => Mood;
  readonly spend: (spent: Partial<Pick<Mood, 'loseAnswer' | 'refuse'>>) => void;
};

/** Whether the next answer is lost; counts it. */
export const spendLostAnswer = ({ mood, spend }: MoodOf): boolean => {
  const { loseAnswer } = mood();
  if (loseAnswer === 'always') return true;
  if (loseAnswer === 0) return false;
  spend({ loseAnswer: loseAnswer - 1 });
  return true;
};

/** How the next send is refused, or null; counts it. */
export const spendRefusal = ({ mood, spend }: MoodOf): Refusal | null => {
  const { refuse } = mood();
  if (refuse === null || refuse.times === 'always') return refuse;
  spend({ refuse: refuse.times === 1 ? null : { ...refuse, times: refuse.times - 1 } });
  return refuse;
};
