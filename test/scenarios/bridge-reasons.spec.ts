import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bridging, reasonOf, windowSentence, type Eligibility } from '../harness/bridging.js';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';

jest.setTimeout(scenarioMsMax);

let casement: Casement;
let bridging: Bridging;

beforeAll(async () => {
  casement = await Casement.start();
  bridging = new Bridging(casement);
  await casement.simulator.moves({ freeze: true });
});
afterAll(() => casement.remove());

/** An attempt that leads to no SMS is kept, and says why; the thread says the same, before and after. */
const expectNoBridge = async (
  own: Bridging,
  id: string,
  reason: string,
  eligibility: Eligibility,
): Promise<void> => {
  expect((await own.thread(id)).bridgeEligibility).toEqual(eligibility);
  const attempt = await own.tries(id, 'Are you there?');
  expect(reasonOf(attempt)).toBe(reason);
  expect(attempt).toMatchObject({
    refusal: { code: 'WINDOW_EXPIRED', message: windowSentence, bridge: eligibility },
    message: { status: 'FAILED', failure: { message: windowSentence } },
    bridge: null,
  });
  expect((await own.thread(id)).bridgeEligibility).toEqual(eligibility);
  expect(await own.bridges(id)).toEqual([]);
};

const no = (reason: string | null, message: string): Eligibility => ({
  eligible: false,
  reason,
  message,
  nextAllowedAt: null,
});

describe('a bridge that is not to be had', () => {
  afterAll(async () => {
    expect(await casement.simulator.smsOutbox()).toEqual([]);
  });

  it('R094 R097 Q17: a customer without a phone number', async () => {
    await casement.simulator.writes('GB.1234567890', 'Hello', { name: 'Nadia' });
    const { id, contact } = await bridging.found('Nadia');
    expect(contact.phone).toBeNull();
    await casement.simulator.moves({ advance: 'PT24H' });
    const words = 'There is no phone number on file for this customer that an SMS can reach.';
    await expectNoBridge(bridging, id, 'window_expired_no_phone', no('NO_PHONE', words));
  });

  it('R095 R097 Q16: a customer who has opted out of SMS', async () => {
    const phone = '447700900302';
    const id = await bridging.closedWithOne(phone);
    expect((await bridging.thread(id)).bridgeEligibility.eligible).toBe(true);
    await casement.simulator.texts(phone, 'STOP');
    await bridging.talk.conversationThat('two customer messages', id, ({ unreadCount }) => {
      return unreadCount === 2;
    });
    const words =
      'The customer has opted out of SMS. Only they can opt in again, by texting START.';
    const told = no('SMS_OPTED_OUT', words);
    await expectNoBridge(bridging, id, 'window_expired_sms_opted_out', told);
  });

  it('R097: an organisation without an SMS number', async () => {
    const phone = '447700900303';
    const own = new Bridging(casement, 'otherOrganisation');
    await casement.simulator.writes(phone, 'Hello', { to: '447700900456' });
    const { id } = await own.found(phone);
    await casement.simulator.moves({ advance: 'PT24H' });
    const words = 'The organisation has no SMS number. Connect one to text customers.';
    const told = no('NO_SMS_NUMBER', words);
    await expectNoBridge(own, id, 'window_expired_no_sms_number', told);
  });

  it('C04: an organisation that wants templates only', async () => {
    const id = await bridging.closedWithOne('447700900304');
    await bridging.wants({ expiredWindowPolicy: 'REQUIRE_TEMPLATE' });
    try {
      const words =
        'The organisation answers a closed window with templates only. ' +
        'Its settings can change that.';
      await expectNoBridge(bridging, id, 'window_expired', no(null, words));
    } finally {
      await bridging.wants({ expiredWindowPolicy: 'BRIDGE_SMS' });
    }
  });
});

it('C04 R093: what was refused by policy is bridged once the policy allows it', async () => {
  const phone = '447700900305';
  const id = await bridging.closedWithOne(phone);
  await bridging.wants({ expiredWindowPolicy: 'REQUIRE_TEMPLATE' });
  expect(reasonOf(await bridging.tries(id))).toBe('window_expired');
  await bridging.wants({ expiredWindowPolicy: 'BRIDGE_SMS' });
  expect(reasonOf(await bridging.tries(id))).toBe('window_expired_bridge_sent');
  expect(await bridging.smsTo(phone)).toHaveLength(1);
});
