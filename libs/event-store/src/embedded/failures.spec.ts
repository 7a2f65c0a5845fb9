import { describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { LogCorrupted, StoreUnavailable } from '../port.js';
import { positionOf } from '../position.js';
import { errorOf, failureOf } from './failures.js';

const told = (error: unknown): Error => errorOf(structuredClone(failureOf(error)));

describe('an error of the thread that has the files', () => {
  it.each(['SQLITE_IOERR_SHORT_READ', 'SQLITE_IOERR', 'SQLITE_FULL', 'SQLITE_CANTOPEN'])(
    'F45: %s is the machine’s: whoever asked waits for the store, and blames no event',
    (code) => {
      const found = told(new Database.SqliteError('disk I/O error', code, 10));
      expect(found).toEqual(new StoreUnavailable('the log cannot be read: disk I/O error'));
    },
  );

  it('is that of a damaged file, or of what was asked, where it is that', () => {
    const damaged = new Database.SqliteError('malformed', 'SQLITE_CORRUPT', 11);
    expect(told(damaged)).not.toBeInstanceOf(StoreUnavailable);
    const corrupted = new LogCorrupted(positionOf(7), 'the row is missing');
    expect(told(corrupted)).toEqual(corrupted);
  });
});
