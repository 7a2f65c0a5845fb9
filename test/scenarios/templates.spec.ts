import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Talk } from '../harness/talk.js';
import {
  forAda,
  reminder,
  reminderForAda,
  templateDocuments,
  Templates,
} from '../harness/templates.js';
import { delivery, echoChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let talk: Talk;
let templates: Templates;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  talk = new Talk(casement);
  templates = new Templates(casement);
  bridging = new Bridging(casement);
  await casement.simulator.mood({ receiptDelayMs: 5 });
});
afterAll(() => casement.remove());

const outboxTexts = async (phone: string) =>
  (await casement.simulator.outbox(phone)).map(({ text }) => text);
const inMood = async (mood: object, work: () => Promise<void>): Promise<void> => {
  await casement.simulator.mood({ ...mood });
  try {
    await work();
  } finally {
    await casement.simulator.mood('normal');
    await casement.simulator.mood({ receiptDelayMs: 5 });
  }
};

describe('the templates of an organisation', () => {
  it('R034, R039, R040, R047: stand where WhatsApp’s reviews have brought them', async () => {
    expect(await templates.list()).toMatchObject([
      {
        id: reminder,
        name: 'appointment_reminder',
        status: 'APPROVED',
        variables: [{ name: 'customer_name' }, { name: 'appointment_time' }],
        approvals: [{ channel: { id: '102290129340398' }, status: 'APPROVED' }],
        version: 1,
      },
      { id: 'acmeready', status: 'PENDING', rejectionReason: null },
      { id: 'acmewinter', status: 'REJECTED', rejectionReason: 'PROMOTIONAL' },
    ]);
    expect(await new Templates(casement, 'otherOrganisation').list()).toMatchObject([
      { id: 'northready', status: 'APPROVED' },
    ]);
  });

  it('come in pages', async () => {
    type Page = { templates: { nodes: { id: string }[]; pageInfo: { endCursor: string } } };
    const page = (after: string | null) =>
      casement.gql<Page>('viewer', templateDocuments.list, { first: 2, after });
    const { templates: first } = await page(null);
    const { templates: rest } = await page(first.pageInfo.endCursor);
    expect([...first.nodes, ...rest.nodes].map(({ id }) => id)).toEqual([
      reminder,
      'acmeready',
      'acmewinter',
    ]);
  });
});

describe('a template to a customer whose window is closed', () => {
  const phone = '447700900601';
  let id: string;

  it('C12: is what the composer offers, and nothing that is not approved', async () => {
    id = await bridging.closedWithOne(phone);
    const { window, composer } = await templates.picker(id);
    expect(window.status).toBe('EXPIRED');
    expect(composer).toMatchObject({
      mode: 'TEMPLATE_ONLY',
      templates: { emptyReason: null, templates: [{ id: reminder, status: 'APPROVED' }] },
    });
    const { composer: viewers } = await new Templates(casement, 'viewer').picker(id);
    expect(viewers.templates).toEqual({ emptyReason: 'MISSING_CAPABILITY', templates: [] });
  });

  it('R007, R013, R020, C24: is sent, delivered and read, and the window stays EXPIRED', async () => {
    const sent = await templates.sendsWell(id);
    expect(sent).toMatchObject({
      channel: 'WHATSAPP',
      kind: 'TEMPLATE',
      billingClass: 'TEMPLATE',
      insideWindow: false,
      content: { templateId: reminder, language: 'en_GB', body: reminderForAda, variables: forAda },
    });
    await talk.messageThatIs('READ', id, sent.id);
    expect((await talk.conversation(id)).window.status).toBe('EXPIRED');
    expect(await casement.simulator.outbox(phone)).toMatchObject([
      { type: 'template', text: reminderForAda },
    ]);
    const { refusal } = await bridging.tries(id);
    expect(refusal?.code).toBe('WINDOW_EXPIRED');
    await bridging.smsTo(phone);
  });

  it('R008: the customer’s answer opens the window, and free-form works again', async () => {
    const { window } = await talk.customerWrites(phone, 'Six would be better');
    expect(window.status).toBe('OPEN');
    const answer = await talk.sendsWell(id, 'Six it is.');
    await talk.messageThatIs('READ', id, answer.id);
  });

  it('R062, C24: goes inside the window as well, and is a template all the same', async () => {
    const { composer } = await templates.picker(id);
    expect(composer).toMatchObject({
      mode: 'FREE_FORM',
      templates: { templates: [{ id: reminder }] },
    });
    const { window } = await talk.conversation(id);
    const sent = await templates.sendsWell(id);
    expect(sent).toMatchObject({ billingClass: 'TEMPLATE', insideWindow: true });
    await talk.messageThatIs('READ', id, sent.id);
    expect((await talk.conversation(id)).window).toEqual(window);
  });

  it('R014, R007: goes where no window was ever open, and opens none', async () => {
    const other = '447700900602';
    const { phoneNumberId } = casement.demo.number;
    await casement.deliver(delivery([echoChange(phoneNumberId, other, 'Here we are')]));
    const found = await bridging.found(other);
    expect(found.window.status).toBe('NEVER_OPENED');
    const sent = await templates.sendsWell(found.id);
    await talk.messageThatIs('READ', found.id, sent.id);
    expect((await talk.conversation(found.id)).window.status).toBe('NEVER_OPENED');
  });

  it('R053, C14: has its values as they were given: none of them is filled in again', async () => {
    const values = ['$40 $&', '{{customer_name}} {customer_name}'];
    const variables = forAda.map(({ name }, index) => ({ name, value: values[index] }));
    const sent = await templates.sendsWell(id, { variables });
    const body = reminderForAda
      .replace('Ada', () => '$40 $&')
      .replace('five', () => values[1] ?? '');
    expect(sent.content.body).toBe(body);
    await talk.messageThatIs('READ', id, sent.id);
    expect((await outboxTexts(phone)).at(-1)).toBe(body);
  });
});

describe('a template that cannot be sent so', () => {
  const phone = '447700900611';
  let id: string;
  beforeAll(async () => {
    ({ id } = await talk.customerWrites(phone, 'Hello'));
  });

  it.each([
    ['R036, C13', { templateId: 'acmeready' }, { code: 'TEMPLATE_PENDING' }],
    [
      'R043',
      { templateId: 'acmewinter' },
      { code: 'TEMPLATE_NOT_APPROVED', message: expect.stringContaining('PROMOTIONAL') },
    ],
    ['F52', { templateId: 'northready' }, { code: 'NOT_FOUND' }],
    ['F52', { templateId: 'nothere' }, { code: 'NOT_FOUND' }],
    [
      'R055',
      { variables: [{ name: 'customer_name', value: 'Ada' }] },
      { code: 'TEMPLATE_VARIABLE_MISSING', missing: ['appointment_time'], unknown: [] },
    ],
    [
      'R055',
      { variables: [...forAda, { name: 'price', value: '$40' }] },
      { code: 'TEMPLATE_VARIABLE_MISSING', missing: [], unknown: ['price'] },
    ],
    ['R055', { variables: null }, { code: 'TEMPLATE_VARIABLE_MISSING' }],
    [
      'R053',
      { variables: [...forAda.slice(1), { name: 'customer_name', value: 'A\nda' }] },
      { code: 'CONTENT_INVALID', field: 'variables.customer_name' },
    ],
    [
      'R053',
      { variables: [...forAda.slice(1), { name: 'customer_name', value: 'é'.repeat(1_000) }] },
      { code: 'CONTENT_INVALID', field: 'variables', limit: 1_024 },
    ],
  ])('%s: (%#) is refused, and nothing is written', async (_, input, refusal) => {
    const before = await talk.position();
    expect(await templates.sends(id, input)).toMatchObject({
      refusal,
      message: null,
      position: null,
    });
    expect(await talk.position()).toBe(before);
    expect(await casement.simulator.outbox(phone)).toEqual([]);
  });

  it('R132: nor in a conversation that has ended', async () => {
    const { id: over } = await talk.customerWrites('447700900612', 'Hello');
    await talk.acts('end', over);
    const refused = await templates.sends(over);
    expect(refused.refusal).toMatchObject({ code: 'CONVERSATION_ENDED' });
    expect((await templates.picker(over)).composer.templates).toBeNull();
  });
});

describe('asking for a template twice', () => {
  it('P9: with one key, at once, is one message; with another input a conflict', async () => {
    const { id } = await talk.customerWrites('447700900621', 'Hello');
    const key = { idempotencyKey: 'one reminder' };
    const payloads = await Promise.all(Array.from({ length: 20 }, () => templates.sends(id, key)));
    expect(payloads.map(({ refusal }) => refusal)).toEqual(payloads.map(() => null));
    const messages = new Set(payloads.map(({ message }) => message?.id));
    expect(messages.size).toBe(1);
    await talk.messageThatIs('READ', id, [...messages][0] ?? '');
    const again = await templates.sends(id, { ...key, variables: forAda.toReversed() });
    expect(messages.has(again.message?.id)).toBe(true);
    const variables = forAda.map(({ name }) => ({ name, value: 'Bo' }));
    expect(await templates.sends(id, { ...key, variables })).toMatchObject({
      refusal: { code: 'IDEMPOTENCY_CONFLICT' },
      message: null,
    });
    expect(await outboxTexts('447700900621')).toEqual([reminderForAda]);
  });
});

describe('a provider that says no to a template', () => {
  it.each([
    [132001, 'template_not_approved', '447700900631'],
    [132012, 'template_parameter_mismatch', '447700900632'],
    [132015, 'template_paused', '447700900633'],
  ])('R106, R107: %i is %s, in its own words', async (code, reason, phone) => {
    const { id } = await talk.customerWrites(phone, 'Hello');
    await inMood({ refuse: { code, title: 'No', details: 'Mot pour mot' } }, async () => {
      const sent = await templates.sendsWell(id);
      const { failure } = await talk.messageThatIs('FAILED', id, sent.id);
      expect(failure).toMatchObject({
        reason,
        providerCode: String(code),
        providerMessage: 'Mot pour mot',
      });
    });
  });

  it('R007: 131047, early or late, leads to no bridge and leaves the window as it is', async () => {
    const phone = '447700900634';
    const { id, window } = await talk.customerWrites(phone, 'Hello');
    const outside = { code: 131047, title: 'Re-engagement message', details: 'Mot pour mot' };
    for (const mood of [{ refuse: outside }, { failLater: outside, receiptDelayMs: 5 }])
      await inMood(mood, async () => {
        const sent = await templates.sendsWell(id);
        const { failure } = await talk.messageThatIs('FAILED', id, sent.id);
        expect(failure).toMatchObject({
          reason: 'template_refused',
          providerCode: '131047',
          providerMessage: 'Mot pour mot',
        });
      });
    expect((await talk.conversation(id)).window).toEqual(window);
    expect(await casement.simulator.smsOutbox(phone)).toEqual([]);
  });

  it('P9: whose answer is lost leaves it to a person, who may have it sent again', async () => {
    const phone = '447700900635';
    const { id } = await talk.customerWrites(phone, 'Hello');
    await casement.simulator.mood({ loseAnswer: 1, receipts: 'manual' });
    const sent = await templates.sendsWell(id);
    await talk.messageThatIs('NOT_CONFIRMED', id, sent.id);
    await casement.simulator.mood({ receipts: 'auto', receiptDelayMs: 5 });
    await talk.resolves(sent.id, 'SEND_AGAIN');
    await talk.messageThatIs('READ', id, sent.id);
    expect(await outboxTexts(phone)).toEqual([reminderForAda, reminderForAda]);
  });

  it('keeps the order of a thread: words and templates go as they were asked for', async () => {
    const phone = '447700900636';
    const { id } = await talk.customerWrites(phone, 'Hello');
    await inMood({ refuse: { code: 130429, title: 'Slow down', times: 1 } }, async () => {
      await templates.sendsWell(id);
      await talk.sendsWell(id, 'And bring the keys.');
      const last = await templates.sendsWell(id);
      await casement.simulator.moves({ advance: 'PT10S' });
      await talk.messageThatIs('READ', id, last.id);
    });
    expect(await outboxTexts(phone)).toEqual([
      reminderForAda,
      'And bring the keys.',
      reminderForAda,
    ]);
  });
});

describe('who answers', () => {
  it('R021: of 100 customers who are sent a template, the 25 who answer are active', async () => {
    const phones = Array.from({ length: 100 }, (_, index) => String(447700901000 + index));
    await Promise.all(phones.map((phone) => casement.simulator.writes(phone, 'Hello')));
    const known = (filter: object) =>
      casement.gql<{
        conversations: { readonly nodes: readonly { contact: { phone: string }; id: string }[] };
      }>(
        'agent',
        `query($filter: ConversationFilter) { conversations(first: 100, filter: $filter) {
          nodes { id contact { phone } } } }`,
        { filter: { search: '4477009010', ...filter } },
      );
    const all = await eventually('100 conversations', async () => {
      const { nodes } = (await known({})).conversations;
      return nodes.length === 100 && nodes;
    });
    await casement.simulator.moves({ advance: 'PT24H' });
    expect((await known({ window: 'OPEN' })).conversations.nodes).toEqual([]);
    const sent = await Promise.all(all.map(({ id }) => templates.sends(id)));
    expect(sent.filter(({ refusal }) => refusal !== null)).toEqual([]);
    await eventually('100 templates on the phones', async () => {
      const accepted = await casement.simulator.outbox();
      return accepted.filter(({ to }) => to.startsWith('447700901')).length === 100;
    });
    expect((await known({ window: 'OPEN' })).conversations.nodes).toEqual([]);
    const answering = phones.filter((_, index) => index % 4 === 0);
    await Promise.all(answering.map((phone) => casement.simulator.writes(phone, 'Yes')));
    const active = await eventually('25 active customers', async () => {
      const { nodes } = (await known({ window: 'OPEN' })).conversations;
      return nodes.length >= 25 && nodes;
    });
    const numbers = active.map(({ contact }) => contact.phone.slice(1));
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(answering);
    expect((await known({ window: 'EXPIRED' })).conversations.nodes).toHaveLength(75);
  });
});

describe('what is there already', () => {
  it('P04, P08: stays as it is after a crash: the log tells of each template once', async () => {
    const told = () =>
      casement.gql<{ events: { nodes: { type: string; data: { name?: string } }[] } }>(
        'manager',
        `{ events(filter: { types: ["TemplateNameReserved", "TemplateVersionDrafted",
            "TemplateSubmitted", "TemplateApproved", "TemplateRejected"] }) {
            nodes { type data } } }`,
      );
    const before = await told();
    expect(before.events.nodes).toHaveLength(11);
    await casement.kill();
    await casement.restart();
    expect(await told()).toEqual(before);
    expect(await templates.list()).toHaveLength(3);
  });
});
