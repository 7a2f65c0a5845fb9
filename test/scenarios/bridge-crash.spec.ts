import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, reasonOf, type Attempt } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { eventually, scenarioMsMax } from '../harness/eventually.js';
import { Twilio } from '../harness/twilio.js';

jest.setTimeout(scenarioMsMax);

/** In each round a bridge is on its way to each of so many customers when the process is killed. */
const takenEachRound = 5;
const rounds = Array.from({ length: 10 }, (_, index) => index + 1);

let casement: Casement;
let bridging: Bridging;
let twilio: Twilio;

type Customer = { readonly phone: string; readonly id: string; readonly attempt: Attempt };
/** Everybody who was to get a bridge in any round. */
const all: Customer[] = [];

beforeAll(async () => {
  twilio = await Twilio.listen();
  casement = await Casement.start({ environment: { TWILIO_API_URL: twilio.url } });
  bridging = new Bridging(casement);
});
afterAll(async () => {
  await casement.remove();
  await twilio.close();
});

const killed = async (): Promise<void> => {
  await casement.kill();
  twilio.behaves = () => 'answer';
  await casement.restart();
};

/** Bridges to new customers, of which Twilio takes all but the last; and then the process is gone. */
const cutOff = async (round: number): Promise<readonly Customer[]> => {
  const phones = Array.from(
    { length: takenEachRound + 1 },
    (_, index) => `447700900${500 + round * 10 + index}`,
  );
  const ids = await bridging.closedWith(...phones);
  const lost = `+${phones.at(-1) ?? ''}`;
  twilio.behaves = ({ to }) => (to === lost ? 'swallow' : 'hold');
  const attempts = await Promise.all(ids.map((id) => bridging.tries(id, 'Your car is ready.')));
  await eventually('every request at Twilio', () =>
    phones.every((phone) => twilio.askedFor(phone).length === 1),
  );
  await killed();
  return phones.map((phone, index) => {
    const [id, attempt] = [ids[index], attempts[index]];
    if (id === undefined || attempt === undefined)
      throw new Error('there are more phones than ids');
    return { phone, id, attempt };
  });
};

const moves = (advance: string) => casement.simulator.moves({ advance });

/** Whatever a dispatcher that is gone began is held to be unknown, and looked for in Twilio's list. */
const reconciled = async (): Promise<void> => {
  await moves('PT2M');
  await moves('PT5S');
};

/** A bridge that Twilio has: somebody has said so, and it was said once. */
const expectSent = async ({ phone, id, attempt }: Customer): Promise<void> => {
  const sent = await eventually(`the end of the bridge to ${phone}`, async () => {
    const [bridge] = await bridging.bridges(id);
    return bridge?.status === 'PENDING' && bridge;
  });
  expect(sent).toMatchObject({ id: attempt.bridge?.id, failure: null });
  await bridging.failedFor('window_expired_bridge_sent', id, attempt.message?.id);
  expect(twilio.acceptedFor(phone)).toHaveLength(1);
};

describe('a process that is killed after Twilio took bridges, before it could write that down', () => {
  let start = '';

  beforeAll(async () => {
    start = await bridging.talk.position();
  });

  it.each(rounds)(
    'F4 F5 P10 R090: round %i: five that Twilio took and one that it did not are one SMS each',
    async (round) => {
      const customers = await cutOff(round);
      const lost = customers.at(-1);
      all.push(...customers);
      await reconciled();
      for (const customer of customers.slice(0, -1)) await expectSent(customer);
      if (!lost) throw new Error('nobody');
      await bridging.messageThatIs('NOT_CONFIRMED', lost.id, lost.attempt.bridge?.id);
      await bridging.fact('SmsNotListed', lost.id, start);
      // In every other round the process is killed again, on the second attempt.
      if (round % 2 === 0) twilio.behaves = () => 'hold';
      await moves('PT1M');
      await eventually('the second request', () => twilio.askedFor(lost.phone).length === 2);
      if (round % 2 === 0) {
        await killed();
        await reconciled();
      }
      for (const customer of customers) {
        await expectSent(customer);
        expect(reasonOf(await bridging.tries(customer.id))).toBe(
          'window_expired_bridge_deduplicated',
        );
      }
    },
  );

  it('P10 R077 R090: of 60 bridges none was sent twice, and none was lost without a word', async () => {
    expect(all).toHaveLength(rounds.length * (takenEachRound + 1));
    await moves('PT20M');
    for (const customer of all) {
      const { phone, id, attempt } = customer;
      await expectSent(customer);
      const asked = new Set(twilio.askedFor(phone).map(({ text }) => text));
      expect(asked.size).toBe(1);
      const facts = bridging.facts(id, start);
      await eventually('the last fact', async () => {
        const messages = await bridging.messages(id);
        return facts.received.some(
          ({ conversationChanged: { message } }) => message?.id === messages.at(-1)?.id,
        );
      });
      const sent = facts.received.filter(
        ({ conversationChanged: { event } }) => event.type === 'BridgeSmsSent',
      );
      await facts.close();
      expect(sent).toHaveLength(1);
      expect(sent[0]?.conversationChanged.message?.id).toBe(attempt.bridge?.id);
    }
    expect(twilio.accepted).toHaveLength(all.length);
  });
});
