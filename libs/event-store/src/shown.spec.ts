import { describe, expect, it } from '@jest/globals';
import { ERASED, eventId, type JsonObject } from '#kernel';
import { createMemoryKeyRing } from './memory/key-ring.js';
import type { StoredEvent } from './port.js';
import { parsePosition, positionOf } from './position.js';
import { seal } from './sealing.js';
import { shownAs, shownData } from './shown.js';

const place = {
  organisationId: 'acme',
  stream: 'notes-1',
  eventId: 'e1',
  type: 'NoteTaken',
  field: 'text',
};

const eventWith = (data: JsonObject, over: Partial<StoredEvent> = {}): StoredEvent => ({
  id: eventId(place.eventId),
  type: place.type,
  stream: place.stream,
  revision: 0n,
  position: positionOf(1),
  data,
  metadata: { organisationId: place.organisationId, subject: 'contact-1' },
  ...over,
});

describe('an event as somebody may see it', () => {
  it('shows what is sealed only to whom it may be shown, and what never was to all', async () => {
    const keys = createMemoryKeyRing();
    const text = seal(await keys.keyFor('acme', 'contact-1'), place, { words: 'hello' });
    const event = eventWith({ text, at: 5, none: null, gone: { ...ERASED } });
    const others = { at: 5, none: null, gone: shownAs.erased };
    expect(await shownData(event, keys, false)).toEqual({ text: shownAs.sealed, ...others });
    expect(await shownData(event, keys, true)).toEqual({ text: { words: 'hello' }, ...others });
    await keys.destroy('acme', 'contact-1');
    for (const personal of [false, true])
      expect(await shownData(event, keys, personal)).toEqual({ text: shownAs.erased, ...others });
  });

  it('says of what does not open that it has been altered', async () => {
    const keys = createMemoryKeyRing();
    const text = seal(await keys.keyFor('acme', 'contact-1'), place, 'hello');
    const moved = eventWith({ text }, { stream: 'notes-2' });
    expect(await shownData(moved, keys, true)).toEqual({ text: shownAs.altered });
    const nobodys = eventWith({ text }, { metadata: {} });
    expect(await shownData(nobodys, keys, false)).toEqual({ text: shownAs.altered });
  });
});

describe('a position that was written down', () => {
  it('is read in its own form, and in no other', () => {
    expect(parsePosition(positionOf(26))).toBe(positionOf(26));
    const ofCluster = `${positionOf(26)}${positionOf(25)}`;
    expect(parsePosition(ofCluster)).toBe(ofCluster);
    for (const text of ['', '1a', `${positionOf(26)}0`, positionOf(26).toUpperCase(), ' '])
      expect(parsePosition(text)).toBeNull();
  });
});
