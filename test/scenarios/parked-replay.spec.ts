import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { contactOf, forgetBlocking, takeKey } from '../harness/kept.js';
import { Talk } from '../harness/talk.js';

jest.setTimeout(scenarioMsMax);

const customer = '447700900971';
const forgotten = '447700900972';
const unreadableBody =
  '{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{}}]}]}';

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

/** Facts of conversations, by type. */
const facts = async (): Promise<Readonly<Record<string, number>>> => {
  const { stdout } = await casement.command('events');
  const counts: Record<string, number> = {};
  for (const line of stdout.trim().split('\n')) {
    const { type, stream } = JSON.parse(line) as { type: string; stream: string };
    if (stream.startsWith('conversation-')) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
};

describe('webhooks that are read again', () => {
  it('P7: double nothing: not a message, not a receipt, not an SMS', async () => {
    const { id } = await talk.customerWrites(customer, 'hello');
    const { id: sent } = await talk.sendsWell(id, 'hello yourself');
    await talk.messageThatIs('READ', id, sent);
    await casement.deliver(unreadableBody);
    await eventually('the parked item', async () =>
      (await casement.command('parked', 'list')).stdout.includes('phone_number_id'),
    );
    const before = await facts();
    const { code, stdout, stderr } = await casement.command('replay', 'webhooks');
    expect(stdout).toMatch(/^\d+ bodies read again: \d+ items, 0 new facts, 1 parked again$/m);
    expect({ code, read: stderr.includes('bodies read') }).toEqual({ code: 0, read: true });
    expect(await facts()).toEqual(before);
    expect(await texts(customer)).toEqual(['hello', 'hello yourself']);
  });

  it('bring back what an earlier version has lost, once, within the time asked for', async () => {
    const { id } = await talk.customerWrites(forgotten, 'before');
    const contact = await contactOf(casement, id);
    await casement.stop();
    const putBack = await takeKey(casement, contact);
    await casement.restart();
    for (const text of ['lost', 'lost too']) await casement.simulator.writes(forgotten, text);
    await eventually('both parked', async () =>
      /blocks its key, 1 item behind it/.test((await casement.command('parked', 'list')).stdout),
    );
    await casement.stop();
    await putBack();
    await forgetBlocking(casement);
    await casement.restart();
    const until = ['--until', '2026-01-01T00:00:00Z'];
    const none = await casement.command('replay', 'webhooks', ...until);
    expect(none.stdout).toContain('0 bodies read again');
    const again = await casement.command('replay', 'webhooks', '--source', 'whatsapp');
    expect(again.stdout).toMatch(/ 2 new facts, 1 parked again$/m);
    await eventually('what was lost', async () => (await texts(forgotten)).length === 3);
    expect(new Set(await texts(forgotten))).toEqual(new Set(['before', 'lost', 'lost too']));
    const twice = await casement.command('replay', 'webhooks');
    expect(twice.stdout).toContain(' 0 new facts,');
  });

  it('are only told of by a dry run, which needs no engine', async () => {
    const before = await facts();
    await casement.stop();
    const refused = await casement.command('replay', 'webhooks');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('no engine is running: start it');
    const { code, stdout } = await casement.command('replay', 'webhooks', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(?:[0-9a-f]{16}){1,2} {2}\S+Z {2}whatsapp {2}1 message$/m);
    expect(stdout).toMatch(/1 unreadable \(entry\[0\]\S+ a change without metadata/);
    expect(stdout).toMatch(/^\d+ bodies, \d+ items, 1 unreadable; nothing was changed$/m);
    expect(stdout).not.toContain(customer);
    expect(await facts()).toEqual(before);
  });
});
