import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, inParallel, scenarioMsMax } from '../harness/eventually.js';
import { documents, type InboxChange } from '../harness/shapes.js';
import { Talk } from '../harness/talk.js';
import { delivery, messagesChange, signature, textItem } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

const messagesMax = 1_000;
const customersMax = 40;
const duplicateEvery = 10;
const perChange = 25;
const deliveriesAtOnce = 8;
const bodyBytesMax = 3 * 1024 * 1024;

let casement: Casement;
let talk: Talk;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
});
afterAll(() => casement.remove());

const phoneOf = (customer: number): string => `4477009008${String(customer).padStart(2, '0')}`;
const seconds = async (): Promise<number> =>
  Math.floor(Date.parse(await casement.simulator.now()) / 1000);
const bodyOf = (items: readonly { readonly [name: string]: unknown }[]): string => {
  const changes = [];
  for (let from = 0; from < items.length; from += perChange)
    changes.push(
      messagesChange(casement.demo.number.phoneNumberId, items.slice(from, from + perChange)),
    );
  return delivery(changes);
};
const outcomes = async (outcome: string): Promise<number> => {
  const text = await (await casement.get('/metrics')).text();
  const line = new RegExp(
    `^webhook_deliveries_total\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(text)?.[1] ?? 0);
};
const texts = async (phone: string): Promise<readonly (string | undefined)[]> => {
  const found = await talk.conversationWith(phone);
  return found ? (await talk.messages(found.id)).map(({ content }) => content.text) : [];
};

describe('8 deliveries at once of one batch of 1,000 messages', () => {
  it('P7 F15 Q12: are one event for each message, in the provider’s order in each thread', async () => {
    const timestamp = await seconds();
    const expected = new Map<string, string[]>();
    const items: { readonly [name: string]: unknown }[] = [];
    for (let index = 0; items.length < messagesMax; index += 1) {
      const from = phoneOf(index % customersMax);
      const text = `number ${index}`;
      // All in the same second, as a burst is: the order must be kept by other means.
      const item = textItem({ from, id: `wamid.batch-${index}`, timestamp, text });
      items.push(item);
      expected.set(from, [...(expected.get(from) ?? []), text]);
      if (index % duplicateEvery === 0) items.push(item);
    }
    const unique = [...expected.values()].flat().length;
    const after = await talk.position();
    const inbox = casement.subscribe<InboxChange>('agent', documents.inboxChanged, { after });
    const body = bodyOf(items);
    const answers = await Promise.all(
      Array.from({ length: deliveriesAtOnce }, () => casement.deliver(body)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    // One fact that a conversation began for each customer, and one for each message.
    await inbox.count('changes', unique + customersMax);
    for (const [phone, written] of expected) {
      const shown = await eventually(`all that ${phone} wrote`, async () => {
        const found = await texts(phone);
        return found.length >= written.length && found;
      });
      expect(shown).toEqual(written);
    }
    // What comes after everything else shows that nothing more came of the copies.
    await talk.customerWrites(phoneOf(0), 'the very last');
    await inbox.count('changes and the last', unique + customersMax + 1);
    expect(inbox.received).toHaveLength(unique + customersMax + 1);
    await inbox.close();
  });
});

describe('a batch with items that cannot be read', () => {
  it('F17 F20 F21: does no harm to their neighbours', async () => {
    const timestamp = await seconds();
    const good = (index: number) =>
      textItem({
        from: '447700900851',
        id: `wamid.good-${index}`,
        timestamp,
        text: `good ${index}`,
      });
    const { phoneNumberId } = casement.demo.number;
    const unknownNumber = messagesChange('999999999999999', [
      textItem({ from: '447700900852', id: 'wamid.nowhere', timestamp, text: 'to nobody' }),
    ]);
    const body = delivery([
      messagesChange(phoneNumberId, [
        good(0),
        { from: '447700900851', timestamp: 'never', type: 'text' },
        { from: 5, id: null },
        good(1),
      ]),
      unknownNumber,
      { field: 'messages', value: null },
      { field: 'account_update', value: { event: 'whatever' } },
      messagesChange(phoneNumberId, [good(2)]),
    ]);
    expect((await casement.deliver(body)).status).toBe(200);
    const shown = await eventually('the good ones', async () => {
      const found = await texts('447700900851');
      return found.length >= 3 && found;
    });
    expect(shown).toEqual(['good 0', 'good 1', 'good 2']);
    expect(await talk.conversationWith('447700900852')).toBeNull();
    await talk.customerWrites('447700900851', 'and on it goes');
  });

  it('F17 F20: lists them with their reasons, and none of them is in anybody’s way', async () => {
    const parked = await eventually('the parked items', async () => {
      const { code, stdout } = await casement.command('parked', 'list', '--json');
      const items = JSON.parse(stdout) as readonly { reason: string; blocking: boolean }[];
      return code === 0 && items.length >= 4 && items;
    });
    const reasons = parked.map(({ reason }) => reason).join('\n');
    expect(reasons).toContain('no organisation owns this phone_number_id');
    expect(reasons).toMatch(/messages\S*1/);
    expect(reasons).toMatch(/messages\S*2/);
    expect(parked.filter(({ blocking }) => blocking)).toEqual([]);
    expect(JSON.stringify(parked)).not.toContain('447700900852');
  });

  it.each(['', 'no JSON at all', '[]', '{"entry":5}', '{"object":"page","entry":[{}]}'])(
    'F17: a signed body that is no webhook is kept, and the next is read: %j',
    async (body) => {
      expect((await casement.deliver(body)).status).toBe(200);
      await talk.customerWrites('447700900853', `after ${JSON.stringify(body)}`);
    },
  );
});

describe('a delivery at the door', () => {
  it('F19 S1: badly signed is refused, counted, and leaves no trace', async () => {
    const { phoneNumberId } = casement.demo.number;
    const timestamp = await seconds();
    const item = textItem({ from: '447700900861', id: 'wamid.forged', timestamp, text: 'forged' });
    const body = delivery([messagesChange(phoneNumberId, [item])]);
    const kept = await outcomes('kept');
    const unsigned = await outcomes('unsigned');
    const refused = [
      await casement.deliver(body, 'another app secret'),
      await fetch(`${casement.demo.url}/webhooks/whatsapp`, { method: 'POST', body }),
      await fetch(`${casement.demo.url}/webhooks/whatsapp`, {
        method: 'POST',
        headers: { 'x-hub-signature-256': signature(`${body} `, casement.demo.appSecret) },
        body,
      }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(await outcomes('unsigned')).toBe(unsigned + 3);
    expect(await outcomes('kept')).toBe(kept);
    // The same item, well signed, is new: nothing of the forged ones was kept.
    const after = await talk.position();
    await talk.customerWrites('447700900862', 'written after the forged ones');
    expect(await talk.conversationWith('447700900861')).toBeNull();
    const inbox = casement.subscribe<InboxChange>('agent', documents.inboxChanged, { after });
    await inbox.count('changes', 2);
    expect(inbox.received).toHaveLength(2);
    await inbox.close();
  });

  it('F19: is verified over the bytes that came, whatever their spelling', async () => {
    const { phoneNumberId } = casement.demo.number;
    const text = 'naïve — 🚗 / slash';
    const item = textItem({
      from: '447700900863',
      id: 'wamid.a',
      timestamp: await seconds(),
      text,
    });
    const body = delivery([messagesChange(phoneNumberId, [item])]);
    const escaped = body
      .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .replaceAll('/', '\\/');
    expect(escaped).not.toBe(body);
    expect((await casement.deliver(escaped)).status).toBe(200);
    await eventually('the text', async () => (await texts('447700900863'))[0] === text);
  });

  it('F20: of more than 3 MB is refused, of 3 MB it is kept', async () => {
    const largest = await casement.deliver('x'.repeat(bodyBytesMax));
    const larger = await casement.deliver('x'.repeat(bodyBytesMax + 1));
    expect([largest.status, larger.status]).toEqual([200, 413]);
  });

  it('begins with Meta’s handshake', async () => {
    const ask = async (verifyToken: string) => {
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.verify_token': verifyToken,
        'hub.challenge': '1158201444',
      });
      const answer = await casement.get(`/webhooks/whatsapp?${query.toString()}`);
      return { status: answer.status, body: await answer.text() };
    };
    expect(await ask(casement.demo.verifyToken)).toEqual({ status: 200, body: '1158201444' });
    expect((await ask('a wrong token')).status).toBe(403);
  });

  it('Q12 F18: captured and posted again much later changes nothing', async () => {
    const { phoneNumberId } = casement.demo.number;
    const item = textItem({
      from: '447700900864',
      id: 'wamid.b',
      timestamp: await seconds(),
      text: 'x',
    });
    const body = delivery([messagesChange(phoneNumberId, [item])]);
    await casement.deliver(body);
    await eventually('the text', async () => (await texts('447700900864')).length === 1);
    await casement.simulator.moves({ advance: 'P10D' });
    const after = await talk.position();
    expect((await casement.deliver(body)).status).toBe(200);
    await talk.customerWrites('447700900864', 'y');
    expect(await texts('447700900864')).toEqual(['x', 'y']);
    const inbox = casement.subscribe<InboxChange>('agent', documents.inboxChanged, { after });
    await inbox.count('changes', 1);
    expect(inbox.received).toHaveLength(1);
    await inbox.close();
  });
});

describe('the app secret', () => {
  it('S1: may be rotated: the one before is still accepted, any other is not', async () => {
    const old = casement.demo.appSecret;
    const secret = 'the-next-app-secret-of-meta';
    await casement.stop();
    await casement.restart({
      environment: { WHATSAPP_APP_SECRET: secret, WHATSAPP_APP_SECRET_PREVIOUS: old },
    });
    const { phoneNumberId } = casement.demo.number;
    const timestamp = await seconds();
    const signedWith = async (appSecret: string, id: string) => {
      const item = textItem({ from: '447700900865', id, timestamp, text: id });
      const body = delivery([messagesChange(phoneNumberId, [item])]);
      return (await casement.deliver(body, appSecret)).status;
    };
    const ids = ['wamid.new', 'wamid.old', 'wamid.other'];
    const statuses = await inParallel([secret, old, 'an app secret nobody has'], 1, (each) =>
      signedWith(each, ids.shift() ?? ''),
    );
    expect(statuses).toEqual([200, 200, 401]);
    await eventually('both', async () => (await texts('447700900865')).length === 2);
    expect(await texts('447700900865')).toEqual(['wamid.new', 'wamid.old']);
  });
});
