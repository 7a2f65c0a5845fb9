import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Casement } from '../harness/casement.js';
import { scenarioMsMax } from '../harness/eventually.js';
import { Neighbour } from '../harness/neighbour.js';
import { delivery, receiptChange } from '../harness/webhook.js';

jest.setTimeout(scenarioMsMax);

/** Together more than may wait aside at once. */
const deliveries = 11;
const receiptsEach = 1_000;

let casement: Casement;

beforeAll(async () => {
  casement = await Casement.start();
});
afterAll(() => casement.remove());

it('F24: receipts of what others sent from our number hold up no customer', async () => {
  const { phoneNumberId } = casement.demo.number;
  const timestamp = Math.floor(Date.parse(await casement.simulator.now()) / 1000);
  const neighbour = await Neighbour.onWhatsApp(casement, '447700900994', timestamp);
  for (let flood = 0; flood < deliveries; flood += 1) {
    const receipts = Array.from({ length: receiptsEach }, (_, n) =>
      receiptChange(phoneNumberId, {
        wamid: `wamid.theirs-${flood}-${n}`,
        to: `4477${String(flood * receiptsEach + n).padStart(8, '0')}`,
        status: 'sent',
        timestamp,
        callbackData: '',
      }),
    );
    expect((await casement.deliver(delivery(receipts))).status).toBe(200);
    await neighbour.writes();
  }
  const { written, shown } = await neighbour.told();
  expect(shown).toEqual(written);
});
