import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '#kernel';
import { conversationCatalogue } from './events.js';
import * as rule from './window.js';
import {
  closesAtMs,
  customerWrote,
  neverOpened,
  providerRefused,
  refusedByProvider,
  windowDurationMs,
  windowStatus,
} from './window.js';
import { the } from '../spec/people.js';

const openedAt = (text: string) => customerWrote(neverOpened, epochMs(the(text)));
const anInstantMs = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe('the window', () => {
  it('R014: is NEVER_OPENED until a customer has written, whatever the time', () => {
    expect(closesAtMs(neverOpened)).toBeNull();
    expect(windowStatus(neverOpened, 0)).toBe('NEVER_OPENED');
    expect(windowStatus(neverOpened, 4_102_444_800_000)).toBe('NEVER_OPENED');
    expect(windowStatus(providerRefused(neverOpened, 5), 5)).toBe('NEVER_OPENED');
  });

  it('R003, C17, F43: is open at +24 h − 1 ms and closed at +24 h', () => {
    fc.assert(
      fc.property(anInstantMs, (wroteMs) => {
        const window = customerWrote(neverOpened, wroteMs);
        expect(windowStatus(window, wroteMs)).toBe('OPEN');
        expect(windowStatus(window, wroteMs + 86_399_999)).toBe('OPEN');
        expect(windowStatus(window, wroteMs + 86_400_000)).toBe('EXPIRED');
        expect(closesAtMs(window)).toBe(wroteMs + 86_400_000);
      }),
    );
  });

  it('R005: a chat begun at 19:30 whose latest message is of 20:00 is open until 20:00', () => {
    const begun = openedAt('2026-11-20T19:30:00.000Z');
    const window = customerWrote(begun, epochMs(the('2026-11-20T20:00:00.000Z')));
    expect(closesAtMs(window)).toBe(epochMs(the('2026-11-21T20:00:00.000Z')));
    expect(windowStatus(window, epochMs(the('2026-11-21T19:59:59.999Z')))).toBe('OPEN');
    expect(windowStatus(window, epochMs(the('2026-11-21T20:00:00.000Z')))).toBe('EXPIRED');
  });

  it.each([
    // 20:00 in London the evening before; the day after has 23 hours and 25 hours.
    ['in spring', '2026-03-28T20:00:00.000+00:00', '2026-03-29T21:00:00.000+01:00'],
    ['in autumn', '2026-10-24T20:00:00.000+01:00', '2026-10-25T19:00:00.000+00:00'],
  ])('R005: 24 hours pass, not a day of the wall clock, %s', (_, wrote, closes) => {
    const window = openedAt(wrote);
    expect(closesAtMs(window)).toBe(epochMs(the(closes)));
    expect(epochMs(the(closes)) - epochMs(the(wrote))).toBe(24 * 3_600_000);
    expect(windowStatus(window, epochMs(the(closes)) - 1)).toBe('OPEN');
    expect(windowStatus(window, epochMs(the(closes)))).toBe('EXPIRED');
  });

  it('R004: is measured from the latest message, not from the first', () => {
    const window = customerWrote(customerWrote(neverOpened, 0), 1_800_000);
    expect(closesAtMs(window)).toBe(1_800_000 + windowDurationMs);
  });

  it('Q13: is never shortened by a late message, in whatever order messages come', () => {
    fc.assert(
      fc.property(fc.array(anInstantMs, { minLength: 1 }), anInstantMs, (instants, late) => {
        const window = instants.reduce(customerWrote, neverOpened);
        expect(window.lastCustomerMessageAtMs).toBe(Math.max(...instants));
        const then = closesAtMs(customerWrote(window, late)) ?? 0;
        expect(then).toBeGreaterThanOrEqual(closesAtMs(window) ?? Infinity);
      }),
    );
  });

  it('R018: lasts a day, and nothing that is written down can say otherwise', () => {
    expect(windowDurationMs).toBe(86_400_000);
    const knobs = Object.entries(rule).filter(([, value]) => typeof value === 'number');
    expect(knobs).toEqual([['windowDurationMs', 86_400_000]]);
    expect(Object.keys(conversationCatalogue).join()).not.toMatch(/duration|policy|extended/i);
    expect(windowStatus).toHaveLength(2);
    expect(closesAtMs).toHaveLength(1);
  });
});

describe('a refusal of the provider', () => {
  const window = customerWrote(neverOpened, 1_000);

  it('R015: closes the window that we held to be open', () => {
    expect(windowStatus(providerRefused(window, 2_000), 2_001)).toBe('EXPIRED');
  });

  it.each([
    [999, 'OPEN', false],
    [1_000, 'EXPIRED', true],
    [1_001, 'EXPIRED', true],
  ])('of a message started at %d ms leaves a window of 1000 ms %s', (startedMs, status, is) => {
    const refused = providerRefused(window, startedMs);
    expect(windowStatus(refused, 2_000)).toBe(status);
    expect(refusedByProvider(refused)).toBe(is);
  });

  it('R008: is overruled by a customer message that is later, and by none that is not', () => {
    const refused = providerRefused(window, 2_000);
    expect(windowStatus(customerWrote(refused, 2_000), 2_001)).toBe('EXPIRED');
    expect(windowStatus(customerWrote(refused, 2_001), 2_001)).toBe('OPEN');
  });

  it('counts by the newest refused message, in whatever order the refusals come', () => {
    const one = providerRefused(providerRefused(window, 3_000), 2_000);
    const other = providerRefused(providerRefused(window, 2_000), 3_000);
    expect(one).toEqual(other);
    expect(one.refusedAtMs).toBe(3_000);
  });
});
