import fc from 'fast-check';
import type { JsonObject } from '#kernel';
import {
  besideNeighbour,
  byteChanges,
  knownUpdate,
  metaBytes,
  mutatedFrame,
  mutatedUpdate,
  oddWords,
  text,
  whole,
  withBytes,
} from '#channels/whatsapp/spec';
import type { Fields } from './twilio-webhook.js';

const runsMax = 400;
const seedMax = 2 ** 31;
/** Bodies that are made, and posted, before it is looked whether a neighbour arrived. */
const batchSize = 50;
const customers = 40;

/** `FUZZ_RUNS=100000` looks longer; `FUZZ_SEED` looks at the same again. */
export const fuzzing = {
  runs: Number(process.env['FUZZ_RUNS'] ?? runsMax),
  seed: Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * seedMax)),
} as const;

/** Where bodies lead that nobody has changed. */
export type Led = {
  readonly phoneNumberId: string;
  /** The provider's id of a message that was sent, and what comes back with its receipts. */
  readonly wamid: string;
  readonly callbackData: string;
};

/** Makes what stands for a place in the examples one: its number, its messages, one of its customers. */
const ledTo = ({ phoneNumberId, wamid, callbackData }: Led, body: unknown, n: number): JsonObject =>
  JSON.parse(
    JSON.stringify(body)
      .replaceAll('"1070"', `"${phoneNumberId}"`)
      .replaceAll('447700900281', `4477009031${10 + (n % customers)}`)
      .replaceAll('wamid.one', `wamid.fuzz-${n}`)
      .replaceAll('wamid.out', n % 2 === 0 ? wamid : `wamid.out-${n}`)
      .replaceAll('wamid.0', wamid)
      .replaceAll('TARGET', wamid)
      .replaceAll('CALLBACK', callbackData),
  ) as JsonObject;

const beside = text({ id: 'wamid.one-beside', text: { body: 'And mine?' } });
const small = knownUpdate.map((update) => besideNeighbour(update, beside));

/** Bodies with something changed, and how their bytes are to be changed after that. */
const changedBodies = fc.oneof(
  { weight: 16, arbitrary: fc.tuple(mutatedUpdate.map((u) => besideNeighbour(u, beside))) },
  { weight: 8, arbitrary: fc.tuple(small, byteChanges) },
  { weight: 8, arbitrary: fc.tuple(small.chain(mutatedFrame)) },
  { weight: 1, arbitrary: fc.tuple(mutatedFrame(whole)) },
);

/** Batches of bodies, each as different as the seed makes them; all of them different. */
export function* whatsAppBodies(count: number, led: Led): Generator<readonly Buffer[]> {
  for (let from = 0; from < count; from += batchSize) {
    const numRuns = Math.min(batchSize, count - from);
    const sample = fc.sample(changedBodies, { numRuns, seed: fuzzing.seed + from });
    yield sample.map(([body, changes = []], n) =>
      withBytes(metaBytes(ledTo(led, body, from + n)), changes),
    );
  }
}

export type Form = { readonly fields: Fields; readonly query: string };

/** As a form can hold it: half of a surrogate pair is none of a character. */
const wellFormed = (word: string): string => Buffer.from(word, 'utf8').toString('utf8');
const oddField = fc.oneof(
  fc.constantFrom(...oddWords.map(wellFormed)),
  fc.string({ unit: 'binary', maxLength: 40 }).map(wellFormed),
  fc.constantFrom('+447700900281', '21610', '30007', 'STOP', 'START', 'failed', 'undelivered'),
);
const changedFields = (fields: Fields): fc.Arbitrary<Fields> => {
  const change = fc.tuple(
    fc.constantFrom(...Object.keys(fields)),
    fc.option(oddField, { nil: undefined }),
    fc.boolean(),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const changed = new Map(Object.entries(fields));
    for (const [name, to, isRenamed] of changes)
      if (to === undefined) changed.delete(name);
      else changed.set(isRenamed ? to : name, to);
    return Object.fromEntries(changed);
  });
};

const inbound: Fields = {
  ToCountry: 'GB',
  MessageSid: 'SID',
  AccountSid: `AC${'0a'.repeat(16)}`,
  From: '+4477009032CC',
  To: 'OURS',
  Body: 'Schön, 100 % & more 🚗',
  NumMedia: '0',
  OptOutType: '',
};
const receipt: Fields = {
  MessageSid: 'SID',
  MessageStatus: 'undelivered',
  ErrorCode: '30003',
  From: 'OURS',
  To: '+4477009032CC',
};

const ledForm = (fields: Fields, ours: string, n: number): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value
        .replace('SID', `SM${n.toString(16).padStart(32, '0')}`)
        .replace('OURS', ours)
        .replace('2CC', `2${10 + (n % customers)}`),
    ]),
  );

/** Batches of forms as Twilio posts them, of messages or of receipts. */
export function* twilioForms(
  of: 'messages' | 'receipts',
  count: number,
  { ours, queries }: { readonly ours: string; readonly queries: readonly string[] },
): Generator<readonly Form[]> {
  const forms = changedFields(of === 'messages' ? inbound : receipt);
  for (let from = 0; from < count; from += batchSize) {
    const numRuns = Math.min(batchSize, count - from);
    const sample = fc.sample(fc.tuple(forms, fc.constantFrom(...queries)), {
      numRuns,
      seed: fuzzing.seed + from,
    });
    yield sample.map(([fields, query], n) => ({
      fields: ledForm(fields, ours, from + n),
      query,
    }));
  }
}
