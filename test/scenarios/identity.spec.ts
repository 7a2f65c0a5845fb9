import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser, comparable } from '#portal/spec';
import { Bridging, reasonOf } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';
import { delivery } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

type Item = { readonly [name: string]: unknown };
type Who = { readonly from?: string; readonly userId?: string; readonly name?: string };
type Shown = {
  readonly id: string;
  readonly lifecycle: string;
  readonly contact: { readonly id: string; readonly phone: string | null };
  readonly window: { readonly status: string; readonly lastCustomerMessageAt: string | null };
  readonly messages: {
    readonly nodes: readonly { readonly content: { readonly text?: string } }[];
  };
  readonly previousConversations: { readonly nodes: readonly { readonly id: string }[] };
};

const shown = `id lifecycle contact { id phone } window { status lastCustomerMessageAt }
  messages(first: 20) { nodes { content { ... on TextContent { text } } } }
  previousConversations(first: 10) { nodes { id } }`;

let casement: Casement;
let seconds: number;
let sent = 0;

beforeAll(async () => {
  casement = await Casement.start();
  seconds = Math.floor(Date.parse(await casement.simulator.now()) / 1000) - 3600;
});
afterAll(() => casement.remove());

/** A change of the demo's number, as Meta tells it. */
const change = (value: Item, field = 'messages'): Item => ({
  field,
  value: {
    messaging_product: 'whatsapp',
    metadata: {
      display_phone_number: '447700900123',
      phone_number_id: casement.demo.number.phoneNumberId,
    },
    ...value,
  },
});
const deliver = async (...changes: readonly Item[]): Promise<void> => {
  expect((await casement.deliver(delivery(changes))).status).toBe(200);
};
const freshId = (): string => `wamid.identity-${(sent += 1)}`;
const address = ({ from, userId }: Who): Item => ({
  ...(from === undefined ? {} : { from }),
  ...(userId === undefined ? {} : { from_user_id: userId }),
});

const messageOf = (who: Who, body: string, second: number) => {
  const timestamp = String(seconds + second);
  return { ...address(who), id: freshId(), timestamp, type: 'text', text: { body } };
};

/** Somebody writes, at a second after the start. */
const text = (who: Who, body: string, second: number): Item => {
  const { from, userId, name = 'Sam' } = who;
  const contact = {
    profile: { name },
    ...(from === undefined ? {} : { wa_id: from }),
    ...(userId === undefined ? {} : { user_id: userId }),
  };
  return change({ contacts: [contact], messages: [messageOf(who, body, second)] });
};
const system = (who: Who, told: Item, second: number): Item => {
  const timestamp = String(seconds + second);
  const message = { ...address(who), id: freshId(), timestamp, type: 'system', system: told };
  return change({ messages: [message] });
};

const textsOf = ({ messages }: Shown) =>
  messages.nodes.flatMap(({ content }) => content.text ?? []);

/** The conversation that shows these words. */
const saying = (words: string): Promise<Shown> =>
  eventually(`a conversation that says ${words}`, async () => {
    const { conversations } = await casement.gql<{
      readonly conversations: { readonly nodes: readonly Shown[] };
    }>('agent', `{ conversations(first: 60) { nodes { ${shown} } } }`, {});
    return conversations.nodes.find((each) => textsOf(each).includes(words)) ?? null;
  });
const conversation = async (id: string): Promise<Shown | null> => {
  const query = `query($id: ID!) { conversation(id: $id) { ${shown} } }`;
  return (await casement.gql<{ conversation: Shown | null }>('agent', query, { id })).conversation;
};
/** What Meta tells of an old number may be handled beside what is written from the new one. */
const reachedAt = (id: string, phone: string): Promise<boolean> =>
  eventually(`the contact of ${id} at ${phone}`, async () => {
    const found = await conversation(id);
    return found?.contact.phone === phone;
  });
const contactNode = async (id: string) => {
  const query = 'query($id: ID!) { node(id: $id) { id ... on Contact { phone name } } }';
  return (await casement.gql<{ node: Item | null }>('agent', query, { id })).node;
};
const parked = async (): Promise<readonly string[]> => {
  const { stdout } = await casement.command('parked', 'list', '--json');
  return (JSON.parse(stdout) as readonly { reason: string }[]).map(({ reason }) => reason);
};
const says = async (who: Who, words: string, second: number): Promise<Shown> => {
  await deliver(text(who, words, second));
  const { id } = await saying(words);
  // Read again: a list's rows are read before the messages that are shown with them.
  return (await conversation(id)) ?? saying(words);
};

describe('Q17, R149: one customer, however they are addressed', () => {
  it('is one contact with one history by BSUID, then with a phone, then with a new number', async () => {
    const userId = 'GB.1000000000000001';
    const alone = await says({ userId }, 'one: no number', 1);
    expect(alone.contact.phone).toBeNull();
    const withPhone = await says({ userId, from: '447700900401' }, 'one: a number', 2);
    expect(withPhone).toMatchObject({ id: alone.id, contact: { phone: '+447700900401' } });
    await deliver(
      system(
        { from: '447700900401' },
        { type: 'user_changed_number', body: 'changed', wa_id: '447700900402' },
        3,
      ),
    );
    await reachedAt(alone.id, '+447700900402');
    const moved = await says({ from: '447700900402' }, 'one: a new number', 4);
    expect(moved).toMatchObject({ id: alone.id, contact: { phone: '+447700900402' } });
    expect(textsOf(moved)).toEqual(['one: no number', 'one: a number', 'one: a new number']);
    expect(moved.contact.id).toBe(alone.contact.id);
  });

  it('a number that was left is given to somebody new, who inherits nothing', async () => {
    const stranger = await says({ from: '447700900401', name: 'Kim' }, 'two: who is this?', 60);
    expect(stranger).toMatchObject({
      contact: { phone: '+447700900401' },
      previousConversations: { nodes: [] },
    });
    expect(textsOf(stranger)).toEqual(['two: who is this?']);
  });

  it('Q17: what the first owner wrote in their time stays theirs, late or delivered again', async () => {
    const [from, newer] = ['447700900471', '447700900472'];
    const mine = change({ messages: [messageOf({ from }, 'nine: mine', 10)] });
    const moved = system({ from }, { type: 'user_changed_number', body: 'x', wa_id: newer }, 20);
    await deliver(mine);
    const owner = await saying('nine: mine');
    await deliver(moved);
    await reachedAt(owner.id, `+${newer}`);
    await casement.simulator.texts(from, 'nine: stranger by SMS');
    const bySms = await saying('nine: stranger by SMS');
    const stranger = await says({ from, name: 'Kim' }, 'nine: stranger', 40);
    expect(stranger.contact.id).toBe(bySms.contact.id);
    await deliver(mine, moved);
    const late = await says({ from }, 'nine: mine, late', 15);
    expect(late).toMatchObject({ id: owner.id, contact: { phone: `+${newer}` } });
    expect(textsOf(late)).toEqual(expect.arrayContaining(['nine: mine', 'nine: mine, late']));
    const after = await conversation(stranger.id);
    expect(textsOf(after ?? late)).toEqual(['nine: stranger', 'nine: stranger by SMS']);
    expect(after?.contact).toEqual(stranger.contact);
  });

  it('a number that comes with another BSUID is somebody new, without Meta telling a change', async () => {
    const from = '447700900411';
    const before = await says({ from, userId: 'GB.1000000000000011' }, 'three: first owner', 1);
    const after = await says({ from, userId: 'GB.1000000000000012' }, 'three: next owner', 9);
    expect(after.contact.id).not.toBe(before.contact.id);
    expect(after).toMatchObject({ contact: { phone: `+${from}` } });
    expect(textsOf(after)).toEqual(['three: next owner']);
    expect(await conversation(before.id)).toMatchObject({ contact: { phone: null } });
    const byNumber = await says({ from }, 'three: again', 10);
    expect(byNumber.id).toBe(after.id);
    // What the first owner wrote before the number went over, and arrives late, moves nothing back.
    const late = await says({ from, userId: 'GB.1000000000000011' }, 'three: late', 5);
    expect(late).toMatchObject({ id: before.id, contact: { phone: null } });
  });

  it('user_changed_user_id and user_id_update lead to the contact that they were', async () => {
    const [x, y, z] = ['GB.2000000000000001', 'GB.2000000000000002', 'GB.2000000000000003'];
    const first = await says({ userId: x }, 'four: first id', 1);
    const body = `User Sam changed from ${x} to ${y}`;
    await deliver(system({}, { type: 'user_changed_user_id', body, user_id: y }, 2));
    expect((await says({ userId: y }, 'four: second id', 3)).id).toBe(first.id);
    const timestamp = String(seconds + 4);
    const update = { user_id: { previous: y, current: z }, detail: 'changed', timestamp };
    await deliver(change({ user_id_update: [update] }, 'user_id_update'));
    expect((await says({ userId: z }, 'four: third id', 5)).id).toBe(first.id);
    // Of somebody whom nobody has met it says nothing.
    const of = { user_id: { previous: 'GB.9', current: 'GB.8' }, timestamp };
    await deliver(change({ user_id_update: [of] }, 'user_id_update'));
    expect(await parked()).toEqual([]);
  });
});

describe('two contacts that turn out to be one', () => {
  const userId = 'GB.3000000000000001';
  const from = '447700900421';
  let byNumber: Shown;
  let byId: Shown;
  let one: Shown;

  beforeAll(async () => {
    byNumber = await says({ from }, 'five: by number', 1);
    byId = await says({ userId }, 'five: by id', 20);
    expect(byId.contact.id).not.toBe(byNumber.contact.id);
    one = await says({ from, userId }, 'five: by both', 40);
  });

  it('Q17, R149: become one contact with one history, in the older one’s conversation', async () => {
    expect(one).toMatchObject({ id: byNumber.id, contact: byNumber.contact });
    const closed = await conversation(byId.id);
    expect(closed).toMatchObject({ lifecycle: 'ENDED', contact: byNumber.contact });
    expect(textsOf(closed ?? one)).toEqual(['five: by id']);
    const later = await says({ userId }, 'five: by id again', 41);
    expect(later.id).toBe(byNumber.id);
    expect(later.previousConversations.nodes).toEqual([{ id: byId.id }]);
    // One customer has one window, whichever of their conversations is asked.
    expect((await conversation(byId.id))?.window).toEqual(later.window);
  });

  it('P2: what is delivered again changes nothing, and what is taken back is gone', async () => {
    const before = await conversation(byId.id);
    const messages = (told: Item) => change({ messages: [told] });
    const first = messageOf({ from: '447700900429' }, 'five: secret', 2);
    await deliver(messages(first));
    const secret = await saying('five: secret');
    await says({ userId: 'GB.3000000000000009' }, 'five: somebody', 3);
    await says({ userId: 'GB.3000000000000009', from: '447700900429' }, 'five: both', 4);
    await deliver(messages(first));
    const revoke = { original_message_id: first.id };
    const id = freshId();
    const timestamp = String(seconds + 5);
    const who = { from: '447700900429', from_user_id: 'GB.3000000000000009' };
    await deliver(messages({ ...who, id, timestamp, type: 'revoke', revoke }));
    await eventually('a message that was taken back', async () => {
      const found = await conversation(secret.id);
      return found !== null && !textsOf(found).includes('five: secret');
    });
    expect(await conversation(byId.id)).toEqual(before);
  });

  it('the old ids lead to the survivor', async () => {
    expect(await contactNode(byId.contact.id)).toMatchObject({ id: byNumber.contact.id });
    const query = '{ contacts(search: "447700900421", first: 5) { nodes { id } } }';
    const { contacts } = await casement.gql<{ contacts: { nodes: readonly Item[] } }>(
      'agent',
      query,
      {},
    );
    expect(contacts.nodes).toEqual([{ id: byNumber.contact.id }]);
    const payload = await new Talk(casement).sends(byId.id, 'to the old one');
    expect(payload.refusal).toMatchObject({
      code: 'CONVERSATION_ENDED',
      currentConversationId: byNumber.id,
    });
  });

  it('the log tells of it, whichever of the two is asked about', async () => {
    const query = `query($id: ID!) { events(filter: { contactId: $id }, first: 100) {
      nodes { type } } }`;
    const [mine, theirs] = await Promise.all(
      [byNumber.contact.id, byId.contact.id].map((id) =>
        casement.gql<{ events: { nodes: readonly { type: string }[] } }>('agent', query, { id }),
      ),
    );
    expect(mine).toEqual(theirs);
    const types = mine?.events.nodes.map(({ type }) => type) ?? [];
    const inOrder = ['ContactAbsorbed', 'ThreadClosed', 'ThreadAbsorbed', 'ContactsMerged'];
    expect(types.filter((type) => inOrder.includes(type))).toEqual(inOrder);
  });

  it('a system message that arrives after the first words from the new number merges, too', async () => {
    const before = await says({ from: '447700900431' }, 'six: old number', 1);
    const early = await says({ from: '447700900432' }, 'six: new number', 30);
    expect(early.contact.id).not.toBe(before.contact.id);
    const told = { type: 'user_changed_number', body: 'changed', wa_id: '447700900432' };
    await deliver(system({ from: '447700900431' }, told, 29));
    await reachedAt(before.id, '+447700900432');
    const after = await says({ from: '447700900432' }, 'six: still me', 31);
    expect(after).toMatchObject({ id: before.id, contact: { phone: '+447700900432' } });
    expect(after.window.lastCustomerMessageAt).toBe(new Date((seconds + 31) * 1000).toISOString());
    const stranger = await says({ from: '447700900431' }, 'six: number given away', 90);
    expect(stranger.contact.id).not.toBe(before.contact.id);
  });

  it('whoever had the new number before the change is somebody else', async () => {
    const mover = await says({ from: '447700900441' }, 'seven: mover', 1);
    const holder = await says({ from: '447700900442' }, 'seven: earlier holder', 5);
    const told = { type: 'user_changed_number', body: 'changed', wa_id: '447700900442' };
    await deliver(system({ from: '447700900441' }, told, 50));
    await reachedAt(mover.id, '+447700900442');
    const after = await says({ from: '447700900442' }, 'seven: moved', 51);
    expect(after.id).toBe(mover.id);
    expect(textsOf(after)).not.toContain('seven: earlier holder');
    expect(await conversation(holder.id)).toMatchObject({ contact: { phone: null } });
  });

  it('whoever writes from the new number while the change is told is one with them', async () => {
    const before = await says({ from: '447700900461' }, 'eight: old number', 1);
    const told = { type: 'user_changed_number', body: 'changed', wa_id: '447700900462' };
    await deliver(
      system({ from: '447700900461' }, told, 10),
      ...[1, 2, 3, 4, 5].map((n) => text({ from: '447700900462' }, `eight: at once ${n}`, 10 + n)),
    );
    await reachedAt(before.id, '+447700900462');
    await eventually('all that was written with one contact', async () => {
      const all = [1, 2, 3, 4, 5].map((n) => saying(`eight: at once ${n}`));
      const contacts = (await Promise.all(all)).map(({ contact }) => contact.id);
      return contacts.every((id) => id === before.contact.id);
    });
    expect(await parked()).toEqual([]);
  });

  it('P15: rebuilt views are the same, and nothing is parked', async () => {
    expect(await parked()).toEqual([]);
    const { stdout } = await casement.command('rebuild', '--check');
    expect(stdout).not.toMatch(/not what the log gives/);
  });
});

describe('R160, R095: a customer whose number changed after a bridge', () => {
  it('the link that went to the old number opens nothing, and no SMS goes to the new one', async () => {
    const bridging = new Bridging(casement);
    const phone = '447700900451';
    const id = await bridging.closedWithOne(phone);
    const { bridge } = await bridging.tries(id);
    await bridging.messageThatIs('DELIVERED', id, bridge?.id);
    const sms = (await casement.simulator.smsOutbox(phone)).at(-1)?.text ?? '';
    const code = /\/p\/([A-Za-z0-9]{11})/.exec(sms)?.[1] ?? '';
    expect(code).toHaveLength(11);
    await casement.simulator.moves({ advance: 'PT10S' });
    const now = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
    const told = { type: 'user_changed_number', body: 'changed', wa_id: '447700900452' };
    await deliver(system({ from: phone }, told, now - seconds));
    await bridging.found('447700900452');
    const opened = await new Browser(casement.demo.url).post(`/p/${code}`);
    const unknown = await new Browser(casement.demo.url).post('/p/0123456789a');
    expect(comparable(opened)).toEqual(comparable(unknown));
    await casement.simulator.moves({ advance: 'P2D' });
    expect(reasonOf(await bridging.tries(id))).toBe('window_expired_sms_opted_out');
  });
});
