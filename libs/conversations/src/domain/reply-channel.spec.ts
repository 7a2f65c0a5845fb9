import { describe, expect, it } from '@jest/globals';
import { epochMs } from '#kernel';
import { after, bridgeId, dayMs, noon } from '../spec/people.js';
import { bridging } from '../spec/wishes.js';
import { replyChannel, type Whereabouts } from './reply-channel.js';
import { customerWrote, neverOpened } from './window.js';

const closedAt = after(dayMs);
const closed: Whereabouts = {
  window: customerWrote(neverOpened, epochMs(noon)),
  lastSeen: { channel: 'WHATSAPP', at: noon },
  bridge: { bridgeId, requestedAt: closedAt, openedAt: after(dayMs + 4), isShut: false },
};
const at = (ms: number, told: Partial<Whereabouts> = {}, reach = bridging) =>
  replyChannel({ ...closed, ...told }, reach, epochMs(closedAt) + ms);
const bySms = { lastSeen: { channel: 'SMS' as const, at: closedAt } };
const inPortal = { lastSeen: { channel: 'PORTAL' as const, at: after(dayMs + 5) } };

describe('where a reply goes that does not say where', () => {
  it('is WhatsApp while the window is open, wherever the customer wrote last', () => {
    expect(at(-1, bySms)).toBe('WHATSAPP');
    expect(at(0, bySms)).toBe('SMS');
  });

  it('R100, Q03: is SMS for 24 hours after the customer wrote there', () => {
    expect(at(dayMs - 1, bySms)).toBe('SMS');
    expect(at(dayMs, bySms)).toBe('WHATSAPP');
  });

  it('R095, Q16: is nowhere after STOP, and without a number to send from', () => {
    expect(at(1, bySms, { ...bridging, hasConsent: false })).toBe('WHATSAPP');
    expect(at(1, bySms, { ...bridging, hasNumber: false })).toBe('WHATSAPP');
    expect(at(1, bySms, { ...bridging, hasPhone: false })).toBe('WHATSAPP');
  });

  it('R160: is the portal while the page that the customer wrote in is theirs', () => {
    expect(at(dayMs - 1, inPortal)).toBe('PORTAL');
    expect(at(dayMs, inPortal)).toBe('WHATSAPP');
    expect(at(6, { ...inPortal, bridge: null })).toBe('WHATSAPP');
    const unopened = { bridgeId, requestedAt: closedAt, openedAt: null, isShut: false };
    expect(at(6, { ...inPortal, bridge: unopened })).toBe('WHATSAPP');
    expect(at(6, inPortal, { ...bridging, hasConsent: false })).toBe('PORTAL');
  });

  it('is nowhere when the customer was on WhatsApp last, or never anywhere', () => {
    expect(at(1)).toBe('WHATSAPP');
    expect(at(1, { window: neverOpened, lastSeen: null, bridge: null })).toBe('WHATSAPP');
  });
});
