import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser, comparable, streamed } from '#portal/spec';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const firstCustomer = '447700900701';
const looks = 100;
const madeUpPath = '/p/0123456789a';

type Said = {
  readonly direction: string;
  readonly channel: string;
  readonly status: string | null;
  readonly content: { readonly text?: string };
};
type Found = {
  readonly conversation: {
    readonly window: { readonly status: string };
    readonly messages: { readonly nodes: readonly Said[] };
  };
};
type Sms = { readonly text: string };

const query = `query($id: ID!) { conversation(id: $id) { window { status }
  messages(first: 100) { nodes {
    direction channel status content { ... on TextContent { text } } } } } }`;

let casement: Casement;
let talk: Talk;
let conversationId: string;
let path: string;
let customer: Browser;

const read = async (id = conversationId) =>
  (await casement.gql<Found>('agent', query, { id })).conversation;
const messageSaying = async (text: string, id = conversationId) =>
  (await read(id)).messages.nodes.find(({ content }) => content.text === text);

/** The newest SMS of the business that the phone shows. */
const smsTo = async (phone: string): Promise<string | undefined> => {
  const answer = await casement.get(`/simulator/phones/${phone}/sms`);
  const { messages } = (await answer.json()) as { readonly messages: readonly Sms[] };
  return messages.find(({ text }) => text.includes('Portal: '))?.text;
};

/** A customer whose window has closed, and who was sent a bridge: the path of its link. */
const bridge = async (phone: string) => {
  const { id } = await talk.customerWrites(phone, 'Is my car ready?');
  await casement.simulator.moves({ advance: 'PT24H' });
  const { message, refusal } = await talk.sends(id, 'It is ready.');
  expect(refusal?.code).toBe('WINDOW_EXPIRED');
  expect(message?.failure?.reason).toBe('window_expired_bridge_sent');
  const text = await eventually(`an SMS to ${phone}`, () => smsTo(phone));
  const link = /Portal: (\S+)$/.exec(text)?.[1] ?? '';
  return { id, path: new URL(`http://${link}`).pathname };
};

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  const bridged = await bridge(firstCustomer);
  conversationId = bridged.id;
  path = bridged.path;
  customer = new Browser(casement.demo.url);
});
afterAll(() => casement.remove());

describe('the page behind a bridge SMS', () => {
  it('S27: is not opened by looking at it, however often, and looks like any other', async () => {
    const delivered = ({ channel, status }: Said) => channel === 'SMS' && status === 'DELIVERED';
    await eventually('the receipt of the SMS', async () =>
      (await read()).messages.nodes.some(delivered),
    );
    const log = async () => (await talk.conversation(conversationId)).position;
    const before = await log();
    const pages = new Set<string>();
    for (let look = 0; look < looks; look += 1)
      pages.add(comparable(await new Browser(casement.demo.url).get(path)));
    pages.add(comparable(await new Browser(casement.demo.url).get(madeUpPath)));
    expect(pages.size).toBe(1);
    expect(await log()).toBe(before);
  });

  it('R084 R085: opens by its button, and shows what was said', async () => {
    expect((await customer.post(path)).status).toBe(303);
    const { status, body } = await customer.get(path);
    expect(status).toBe(200);
    expect(body).toContain('AcmeMotors');
    expect(body).toContain('Is my car ready?');
    expect(body).not.toContain('It is ready.');
    expect(body).not.toContain('Update for you');
  });

  it('R084 R101: tells staff that the customer is there, and where a reply goes', async () => {
    const { composer } = await eventually('the visit', async () => {
      const conversation = await talk.conversation(conversationId);
      return conversation.composer.mode === 'FREE_FORM' && conversation;
    });
    expect(composer).toMatchObject({ code: null, reason: null });
    await talk.sendsWell(conversationId, 'Welcome.');
    expect(await messageSaying('Welcome.')).toMatchObject({ channel: 'PORTAL', status: 'SENT' });
    expect((await customer.get(path)).body).toContain('Welcome.');
  });

  it('R077: loses no words of a page that lost our answer and was corrected', async () => {
    for (const text of ['I come at 6', 'I come at 7, not 6', 'I come at 7, not 6'])
      await customer.post(`${path}/messages`, { text, key: 'one-key-for-all' });
    const { nodes } = (await read()).messages;
    const said = nodes.flatMap(({ content }) => content.text ?? []);
    expect(said.filter((text) => text.startsWith('I come'))).toEqual([
      'I come at 6',
      'I come at 7, not 6',
    ]);
  });

  it('R007 R160: takes an answer that staff see in the same conversation, and opens no window', async () => {
    const answer = { text: 'I am on the page', key: 'the-key-of-it' };
    for (const _ of ['sent', 'sent again'])
      expect((await customer.post(`${path}/messages`, answer)).status).toBe(303);
    expect((await customer.get(path)).body).toContain(answer.text);
    const { window, messages } = await read();
    expect(window.status).toBe('EXPIRED');
    expect(messages.nodes.filter(({ content }) => content.text === answer.text)).toEqual([
      expect.objectContaining({ direction: 'INBOUND', channel: 'PORTAL' }),
    ]);
  });

  it('R100: shows the reply at once, which goes where the customer is', async () => {
    const { body } = await customer.get(path);
    const after = encodeURIComponent(/data-after="([^"]*)"/.exec(body)?.[1] ?? '');
    const told = streamed(
      `${casement.demo.url}${path}/events?after=${after}`,
      { cookie: customer.cookieHeader() },
      (events) => events.some(({ event }) => event === 'change'),
    );
    const { id } = await talk.sendsWell(conversationId, 'Come at five.');
    expect(await messageSaying('Come at five.')).toMatchObject({
      direction: 'OUTBOUND',
      channel: 'PORTAL',
      status: 'SENT',
    });
    const [change] = await told;
    expect(JSON.parse(change?.data ?? '{}').html).toContain('Come at five.');
    expect(change?.data).toContain(id);
    expect((await customer.get(path)).body).toContain('Come at five.');
    expect((await read()).window.status).toBe('EXPIRED');
  });

  it('starts the next conversation with what is written after the end', async () => {
    await talk.acts('end', conversationId);
    const answer = { text: 'One more thing', key: 'the-next-key' };
    expect((await customer.post(`${path}/messages`, answer)).status).toBe(303);
    expect((await customer.get(path)).body).toContain(answer.text);
    const next = await talk.conversationWith(firstCustomer);
    expect(next?.id).not.toBe(conversationId);
    expect(await messageSaying(answer.text, next?.id)).toMatchObject({ channel: 'PORTAL' });
  });

  it('S28: says the same, to the byte, of a code that was used, is over or was never there', async () => {
    const used = await new Browser(casement.demo.url).post(path);
    const { path: late } = await bridge('447700900702');
    await casement.simulator.moves({ advance: 'PT24H' });
    const over = await new Browser(casement.demo.url).post(late);
    const madeUp = await new Browser(casement.demo.url).post(madeUpPath);
    expect(used.status).toBe(404);
    expect(new Set([used, over, madeUp].map(comparable)).size).toBe(1);
    const gone = await customer.get(path);
    expect([gone.status, gone.body]).toEqual([404, used.body]);
  });
});
