import { describe, expect, it } from '@jest/globals';
import { organisationId } from '#kernel';
import type { Position } from '#kernel';
import { CursorExpired, Cursors } from './cursors.js';

const acme = organisationId('acme');
const other = organisationId('other');
const position = '000000000042' as Position;
const cursors = new Cursors('secret', 'epoch-1');
const inList = cursors.forList([1_700_000_000_000, null, 'q.1'], acme, 'conversations', position);
const inLog = cursors.forLog(position, acme);

describe('cursors', () => {
  it('S21: gives back the place in the log or in the list', () => {
    expect(cursors.readLog(inLog, acme)).toBe(position);
    expect(cursors.readList(inList, acme, 'conversations')).toEqual({
      sortKey: [1_700_000_000_000, null, 'q.1'],
      position,
    });
  });

  it('accepts any cursor with a position for the log, and for a list only its own', () => {
    expect(cursors.readLog(inList, acme)).toBe(position);
    expect(() => cursors.readList(inLog, acme, 'conversations')).toThrow(CursorExpired);
    expect(() => cursors.readList(inList, acme, 'messages')).toThrow(CursorExpired);
    const placeless = cursors.forList(['a'], acme, 'conversations', null);
    expect(() => cursors.readLog(placeless, acme)).toThrow(CursorExpired);
    expect(cursors.readList(placeless, acme, 'conversations').position).toBeNull();
  });

  it('S21: refuses the cursor of another organisation, another log and another server', () => {
    expect(() => cursors.readLog(inLog, other)).toThrow(CursorExpired);
    expect(() => cursors.readList(inList, other, 'conversations')).toThrow(CursorExpired);
    expect(() => new Cursors('secret', 'epoch-2').readLog(inLog, acme)).toThrow(CursorExpired);
    expect(() => new Cursors('another', 'epoch-1').readLog(inLog, acme)).toThrow(CursorExpired);
  });

  it('S21: refuses a cursor with any one character changed, dropped or added', () => {
    for (let index = 0; index < inLog.length; index += 1) {
      const changed = inLog[index] === 'A' ? 'B' : 'A';
      const tampered = inLog.slice(0, index) + changed + inLog.slice(index + 1);
      expect(() => cursors.readLog(tampered, acme)).toThrow(CursorExpired);
      expect(() => cursors.readLog(inLog.slice(0, index), acme)).toThrow(CursorExpired);
    }
    for (const foreign of [`${inLog}A`, `${inLog}=`, '', 'null', '☃', 'A'.repeat(1_001)])
      expect(() => cursors.readLog(foreign, acme)).toThrow(CursorExpired);
  });

  it('S21: shows neither the organisation nor more than it must, and is short', () => {
    const body = Buffer.from(inLog, 'base64url').subarray(12).toString();
    expect(body).toBe(`"${position}"`);
    expect(inLog.length).toBeLessThanOrEqual(40);
  });

  it('is answered with the code CURSOR_EXPIRED', () => {
    expect(new CursorExpired().extensions['code']).toBe('CURSOR_EXPIRED');
  });
});
