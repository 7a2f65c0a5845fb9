import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { isPassing, sqlStateOf } from './passing.js';

describe('an error of PostgreSQL', () => {
  it.each([
    '08006',
    '57P01',
    '57P03',
    '53300',
    '40001',
    '40P01',
    '55P03',
    '57014',
    '25006',
    '25P03',
  ])('says nothing of the statement: %s', (code) => expect(isPassing(code)).toBe(true));

  it.each(['', '42501', '23505', '22021', '57000', '55P02', '25P02'])(
    'is about the statement: %s',
    (code) => expect(isPassing(code)).toBe(false),
  );

  it('has a code exactly when the server has answered', () => {
    const answer = new DatabaseError('refused', 7, 'error');
    expect(sqlStateOf(answer)).toBe('');
    answer.code = '23505';
    expect(sqlStateOf(answer)).toBe('23505');
    expect(sqlStateOf(Object.assign(new Error('gone'), { code: 'EPIPE' }))).toBeNull();
  });
});
