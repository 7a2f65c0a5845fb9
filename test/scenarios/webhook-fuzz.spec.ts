import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readForm, readInbound, readReceipt, writeForm } from '#channels/sms';
import { readWebhook } from '#channels/whatsapp';
import type { ParkedItem } from '#view-store';
import { Casement } from '../harness/casement.js';
import { eventually, inParallel, scenarioMsMax } from '../harness/eventually.js';
import { fuzzing, twilioForms, whatsAppBodies, type Form } from '../harness/fuzzing.js';
import { followersBeside } from '../harness/kept.js';
import { Neighbour } from '../harness/neighbour.js';
import { Talk } from '../harness/talk.js';
import { postTwilio, type Fields } from '../harness/twilio-webhook.js';

const { runs, seed } = fuzzing;
const bodyMsMax = 20;
jest.setTimeout(scenarioMsMax + runs * bodyMsMax);

const postedAtOnce = 8;
const parkedReadMax = 1_000_000;
/** What Twilio posts has fewer shapes. */
const formsMax = Math.ceil(runs / 4);
const customer = '447700900990';

let casement: Casement;
let seconds: number;
let sent: { readonly wamid: string; readonly callbackData: string };

beforeAll(async () => {
  casement = await Casement.start();
  const talk = new Talk(casement);
  const { id } = await talk.customerWrites(customer, 'Hello');
  await talk.sendsWell(id, 'What is it?');
  const [accepted] = await eventually('what was sent', async () => {
    const outbox = await casement.simulator.outbox(customer);
    return outbox.length > 0 && outbox;
  });
  sent = { wamid: accepted?.wamid ?? '', callbackData: accepted?.callbackData ?? '' };
  seconds = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
});
afterAll(() => casement.remove());

const megabytes = async (): Promise<number> => {
  const text = await (await casement.get('/metrics')).text();
  const [, bytes] = /^process_resident_memory_bytes (.+)$/m.exec(text) ?? [];
  return Math.round(Number(bytes) / 1024 ** 2);
};

/** Posts whole batches, and after each lets the neighbour write. */
const posted = async <T>(
  batches: Iterable<readonly T[]>,
  neighbour: Neighbour,
  post: (item: T) => Promise<Response>,
): Promise<{ readonly [status: number]: number }> => {
  const statuses: { [status: number]: number } = {};
  for (const batch of batches) {
    const writing = neighbour.writes();
    for (const { status } of await inParallel(batch, postedAtOnce, post))
      statuses[status] = (statuses[status] ?? 0) + 1;
    await writing;
  }
  return statuses;
};

const parkedBy = async (follower: string): Promise<readonly ParkedItem[]> => {
  const beside = await followersBeside(casement);
  const parked = (await beside?.parked({ follower, limit: parkedReadMax })) ?? [];
  await beside?.close();
  return parked;
};

type Counts = { readonly [reason: string]: number };
const counted = (reasons: readonly string[]): Counts => {
  const counts = new Map<string, number>();
  for (const reason of reasons.toSorted()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries(counts);
};

/** Why what was understood may still find no place; how often depends on what came before it. */
const placeless = [
  'a receipt of a message that is not known',
  'a change of a message that is not known',
  'the addresses of this customer belong to different contacts',
  'two contacts turned out to be one person',
  'another contact has just claimed an address',
  'an address went elsewhere meanwhile',
  'the contact has just turned out to be another',
  'the thread has just been closed',
];

/**
 * Exactly what could not be understood, and what belongs to nobody here, is parked, each once;
 * nothing else, and nothing that others wait for.
 */
const parkedExactly = async (follower: string, reasons: readonly string[]): Promise<Counts> => {
  const isOf = ({ reason }: ParkedItem) => !placeless.includes(reason);
  await eventually(`${reasons.length} items parked by ${follower}`, async () => {
    const parked = await parkedBy(follower);
    return parked.filter(isOf).length >= reasons.length;
  });
  const parked = await parkedBy(follower);
  expect(parked.filter(({ blocking }) => blocking)).toEqual([]);
  expect(counted(parked.filter(isOf).map(({ reason }) => reason))).toEqual(counted(reasons));
  return counted(parked.map(({ reason }) => reason));
};

const isNumber = (text: string): boolean => /^\+[1-9][0-9]{1,14}$/.test(text.trim());
/** Whom a status callback may say that it is about: ours, half of it ours, not ours at all. */
const queriesOf = (attempt: string): readonly string[] => [
  `?organisation=acmemotors&attempt=${attempt}`,
  `?organisation=northwind&attempt=${attempt}`,
  `?organisation=acmemotors&attempt=${attempt}9`,
  '?organisation=acmemotors&attempt=1.nobody.nothing.1',
  `?attempt=${attempt}`,
  '?organisation=../../acmemotors&attempt=%00',
  `?a=${'1&a='.repeat(500)}`,
  '',
];

/** For people, when it was asked for more than usual. */
const report = (what: string, told: object): void => {
  if (process.env['FUZZ_RUNS']) process.stdout.write(`${what}: ${JSON.stringify(told, null, 1)}\n`);
};

const smsUrl = () => `${casement.demo.url}/webhooks/sms`;
const post = (url: string, fields: Fields) =>
  postTwilio(url, fields, casement.demo.twilioAuthToken);
const neighbourBySms = (phone: string): Promise<Neighbour> =>
  Neighbour.of(casement, phone, (words) => {
    const MessageSid = `SM${`${phone}${words.padStart(8, '0')}`.padStart(32, 'a')}`;
    const { smsNumber } = casement.demo;
    return post(smsUrl(), { MessageSid, From: `+${phone}`, To: smsNumber, Body: words });
  });

const fuzzed = async <T>(
  what: string,
  batches: Iterable<readonly T[]>,
  neighbour: Neighbour,
  post: (item: T) => Promise<Response>,
) => {
  const sinceMs = performance.now();
  const rssBefore = await megabytes();
  const statuses = await posted(batches, neighbour, post);
  const { written, shown } = await neighbour.told();
  expect(shown).toEqual(written);
  expect((await casement.get('/health/ready')).status).toBe(200);
  const waitedMs = neighbour.waitedMs.toSorted((a, b) => a - b).map(Math.round);
  report(what, {
    seed,
    statuses,
    seconds: Math.round((performance.now() - sinceMs) / 1000),
    neighbourMs: { median: waitedMs[waitedMs.length >> 1], most: waitedMs.at(-1) },
    megabytes: [rssBefore, await megabytes()],
  });
  return statuses;
};

describe(`whatever is posted and signed (FUZZ_SEED=${seed})`, () => {
  it('F20: by Meta, is answered 200, holds nobody up, and is parked for a reason', async () => {
    const { phoneNumberId } = casement.demo.number;
    const reasons: string[] = [];
    const deliver = (body: Buffer) => {
      for (const item of readWebhook(body, 'key'))
        if (item.kind === 'unreadable') reasons.push(`${item.path || 'body'}: ${item.reason}`);
        else if (item.kind !== 'notice' && item.phoneNumberId !== phoneNumberId)
          reasons.push('no organisation owns this phone_number_id');
      return casement.deliver(body);
    };
    const bodies = whatsAppBodies(runs, { phoneNumberId, ...sent });
    const neighbour = await Neighbour.onWhatsApp(casement, '447700900991', seconds);
    expect(await fuzzed('whatsapp', bodies, neighbour, deliver)).toEqual({ 200: runs });
    report('parked', await parkedExactly('whatsapp-inbox', reasons));
  });

  it('F20: by Twilio, of messages, does the same', async () => {
    const { smsNumber } = casement.demo;
    const reasons: string[] = [];
    const deliver = ({ fields }: Form) => {
      const read = readInbound(readForm(writeForm(fields)));
      const { MessageSid = '', From = '', To = '' } = fields;
      if (read.kind === 'unreadable') reasons.push(read.reason);
      else if (read.to !== smsNumber) reasons.push('no organisation owns this SMS number');
      const isWhole = /^SM[0-9a-f]{32}$/.test(MessageSid) && isNumber(From) && isNumber(To);
      expect(read.kind === 'message' || !isWhole).toBe(true);
      return post(smsUrl(), fields);
    };
    const forms = twilioForms('messages', formsMax, { ours: smsNumber, queries: [''] });
    const neighbour = await neighbourBySms('447700900992');
    expect(await fuzzed('sms', forms, neighbour, deliver)).toEqual({ 200: formsMax });
    report('parked', await parkedExactly('sms-inbox', reasons));
  });

  it('F20: by Twilio, of receipts, does the same', async () => {
    const already = (await parkedBy('sms-inbox')).map(({ reason }) => reason);
    const reasons = already.filter((reason) => !placeless.includes(reason));
    const queries = queriesOf(sent.callbackData);
    const deliver = ({ fields, query }: Form) => {
      const read = readReceipt(readForm(writeForm(fields)));
      if (read.kind === 'unreadable') reasons.push(read.reason);
      const { MessageSid = '', MessageStatus = '' } = fields;
      const isWhole = /^SM[0-9a-f]{32}$/.test(MessageSid) && MessageStatus !== '';
      expect(read.kind === 'receipt' || !isWhole).toBe(true);
      return post(`${smsUrl()}/status${query}`, fields);
    };
    const forms = twilioForms('receipts', formsMax, { ours: casement.demo.smsNumber, queries });
    const neighbour = await neighbourBySms('447700900993');
    expect(await fuzzed('smsstatus', forms, neighbour, deliver)).toEqual({ 204: formsMax });
    report('parked', await parkedExactly('sms-inbox', reasons));
  });
});
