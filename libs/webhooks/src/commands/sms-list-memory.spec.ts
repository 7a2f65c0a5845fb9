import { describe, expect, it } from '@jest/globals';
import { instant } from '#kernel';
import { world } from '../spec/world.js';
import { smsListReadsKept, smsListStream } from './sms-list-memory.js';

const noonMs = 1_795_176_000_000;
const after = (minutes: number) => instant(noonMs + minutes * 60_000);

describe('the memory of Twilio’s list', () => {
  it('F23: knows after a restart up to when the list has been read', async () => {
    const { memory } = world(after(5));
    expect(await memory().read()).toBeNull();
    const first = memory();
    await first.write(after(0));
    await first.write(after(5));
    expect(await first.read()).toBe(after(5));
    expect(await memory().read()).toBe(after(5));
  });

  it('keeps the last few readings, and says who read', async () => {
    const { memory, kept } = world(after(0));
    const remembering = memory();
    for (let minutes = 0; minutes < smsListReadsKept + 3; minutes += 1)
      await remembering.write(after(minutes));
    const facts = await kept(smsListStream);
    expect(facts).toHaveLength(smsListReadsKept);
    expect(facts.at(-1)).toMatchObject({
      type: 'SmsListRead',
      data: { until: after(smsListReadsKept + 2) },
      metadata: { actor: { kind: 'system', id: 'sms-poller' }, organisationId: 'system' },
    });
  });
});
