import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { contactOf, takeKey } from '../harness/kept.js';
import type { Ended } from '../harness/process.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const poisoned = '447700900961';
const skipped = '447700900962';
const neighbour = '447700900963';
const many = '447700900964';
const escape = '\u009b31m';
const unreadableBody =
  '{"object":"whatsapp_business_account","entry":[{"changes":' +
  '[{"field":"messages\\u001b[2J","value":{}}]}]}';

type Parked = {
  readonly id: string;
  readonly follower: string;
  readonly key: string;
  readonly reason: string;
  readonly blocking: boolean;
  readonly waiting: number;
  readonly attempts: number;
  readonly parkedAt: string;
  readonly skippedBy?: string;
};

let casement: Casement;
let talk: Talk;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
});
afterAll(() => casement.remove());

const texts = async (phone: string): Promise<readonly (string | undefined)[]> => {
  const found = await talk.conversationWith(phone);
  return found ? (await talk.messages(found.id)).map(({ content }) => content.text) : [];
};

const parked = async (...flags: readonly string[]): Promise<readonly Parked[]> => {
  const { code, stdout, stderr } = await casement.command('parked', 'list', '--json', ...flags);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};
const blocking = async (): Promise<readonly Parked[]> =>
  (await parked()).filter((item) => item.blocking);

/** The one that stands first, once so many wait behind it. */
const firstWith = (waiting: number): Promise<Parked> =>
  eventually(`a first item with ${waiting} behind it`, async () =>
    (await blocking()).find((item) => item.waiting === waiting),
  );

const nothingBlocks = (): Promise<true> =>
  eventually('nothing that blocks', async () => (await blocking()).length === 0);

const said = ({ stdout, stderr }: Ended): string => stdout + stderr;

/** The contact's key, taken while the engine is stopped, and what the customer wrote without it. */
const poison = async (phone: string, words: readonly string[]): Promise<() => Promise<void>> => {
  const { id } = await talk.customerWrites(phone, 'hello');
  const contact = await contactOf(casement, id);
  await casement.stop();
  const putBack = await takeKey(casement, contact);
  await casement.restart();
  for (const text of words) await casement.simulator.writes(phone, text);
  return putBack;
};

describe('a thread for which nothing can be kept', () => {
  let putBack: () => Promise<void>;
  let first: Parked;

  beforeAll(async () => {
    putBack = await poison(poisoned, ['one', 'two', 'three']);
    first = await firstWith(2);
  });

  it('P17: is parked with what waits behind it, and no neighbour waits', async () => {
    await talk.customerWrites(neighbour, 'not my trouble');
    expect(first).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      follower: 'whatsapp-inbox',
      reason: expect.stringContaining('KeyDestroyed'),
      attempts: 5,
    });
    const shown = await casement.command('parked', 'list');
    expect(shown.stdout).toContain(`${first.id}  whatsapp-inbox  since ${first.parkedAt}`);
    expect(shown.stdout).toContain('blocks its key, 2 items behind it');
    expect(shown.stdout).not.toContain(poisoned);
    expect(await parked('--behind')).toHaveLength(3);
  });

  it('is not overtaken: an item behind another is refused, and told which to name', async () => {
    const behind = (await parked('--behind')).find(({ id }) => id !== first.id);
    const refused = await casement.command('parked', 'retry', behind?.id ?? '');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`retry ${first.id}, or skip it`);
  });

  it('that is asked for again while the cause lasts says so with more attempts', async () => {
    for (let time = 0; time < 2; time += 1)
      expect(await casement.command('parked', 'retry', first.id)).toMatchObject({ code: 0 });
    const again = await eventually('more attempts', async () =>
      (await blocking()).find(({ attempts }) => attempts >= 10),
    );
    expect(again).toMatchObject({ id: first.id, waiting: 2, parkedAt: first.parkedAt });
  });

  it('P1: asked for, killed before or in the middle of it, is worked at the next start', async () => {
    const asked = await casement.command('parked', 'retry', '--follower', 'whatsapp-inbox');
    expect(asked.stdout).toContain('asked: retry 1 blocked key and 0 other items');
    await casement.kill();
    await putBack();
    await casement.restart();
    await eventually('all that was written', async () => (await texts(poisoned)).length >= 4);
    await nothingBlocks();
    await talk.customerWrites(poisoned, 'four');
    expect(await texts(poisoned)).toEqual(['hello', 'one', 'two', 'three', 'four']);
  });
});

describe('an item that is skipped', () => {
  it('is never shown, what waited behind it is, and who skipped it stays known', async () => {
    const putBack = await poison(skipped, ['bad', 'good', 'better']);
    const first = await firstWith(2);
    await casement.stop();
    await putBack();
    const asked = await casement.command('parked', 'skip', first.id);
    expect(said(asked)).toContain('no engine is running: it is done at the next start');
    expect(await casement.command('parked', 'skip', first.id)).toMatchObject({ code: 0 });
    const waiting = await casement.command('parked', 'list');
    expect(waiting.stdout).toMatch(/skip asked by \S+ at \S+: not done yet/);
    await casement.restart();
    await nothingBlocks();
    expect(await texts(skipped)).toEqual(['hello', 'good', 'better']);
    const [kept, ...others] = await parked('--skipped');
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ id: first.id, skippedBy: expect.stringMatching(/./) });
    const gone = await casement.command('parked', 'retry', first.id);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('casement parked list shows what is');
    const again = await casement.command('replay', 'webhooks', '--source', 'whatsapp');
    expect(again.stdout).toMatch(/ 0 new facts, 0 parked again$/m);
    expect(await texts(skipped)).toEqual(['hello', 'good', 'better']);
  });
});

describe('a delivery that cannot be read', () => {
  it('is listed without commanding the terminal, and retried by itself', async () => {
    await casement.deliver(unreadableBody);
    const item = await eventually('the item', async () => (await parked()).at(0));
    expect(item).toMatchObject({ blocking: false, waiting: 0, attempts: 0 });
    const { stdout } = await casement.command('parked', 'list');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Control}/u);
    await casement.command('parked', 'retry', '--all');
    await eventually('another attempt', async () => (await parked()).at(0)?.attempts === 1);
    await casement.command('parked', 'skip', item.id);
    await eventually('nothing parked', async () => (await parked()).length === 0);
  });

  it('S6: beyond 1,000 updates is parked as one item, and a retry works the rest', async () => {
    const timestamp = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
    const items = Array.from({ length: 1_003 }, (_, at) =>
      textItem({ from: many, id: `wamid.many-${at}`, timestamp, text: `${at}${escape}` }),
    );
    const body = delivery([messagesChange(casement.demo.number.phoneNumberId, items)]);
    expect((await casement.deliver(body)).status).toBe(200);
    const rest = await eventually('the rest', async () => (await parked()).at(0));
    expect(rest.reason).toBe('more than 1000 items: 3 were not worked');
    await eventually('the first 1,000', async () => (await texts(many)).length === 1_000);
    expect(await casement.command('parked', 'retry', rest.id)).toMatchObject({ code: 0 });
    await eventually('nothing parked', async () => (await parked()).length === 0);
    expect(await texts(many)).toEqual(items.map((_, at) => `${at}${escape}`));
  });
});
