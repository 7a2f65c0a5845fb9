import { describe, expect, it } from '@jest/globals';
import { Sightings } from './sightings.js';

describe('what a subscriber with a filter is told', () => {
  it('each change of a conversation that matches', () => {
    const sightings = new Sightings();
    expect([sightings.isNews('a', true), sightings.isNews('a', true)]).toEqual([true, true]);
  });

  it('that one does not match any more, once, until it has matched again', () => {
    const sightings = new Sightings();
    const told = [true, false, false, true, false].map((matches) => sightings.isNews('a', matches));
    expect(told).toEqual([true, true, false, true, true]);
  });

  it('that one does not match, once, when it has not been looked at before', () => {
    const sightings = new Sightings();
    expect(sightings.isNews('a', false)).toBe(true);
    expect(sightings.isNews('a', false)).toBe(false);
    expect(sightings.isNews('b', false)).toBe(true);
  });

  it('again what has been forgotten: the one that changed longest ago of more than 10,000', () => {
    const sightings = new Sightings();
    for (const id of ['old', 'older']) sightings.isNews(id, false);
    sightings.isNews('old', false);
    for (let n = 0; n < 9_999; n += 1) sightings.isNews(`c${n}`, false);
    expect(sightings.isNews('old', false)).toBe(false);
    expect(sightings.isNews('older', false)).toBe(true);
  });
});
