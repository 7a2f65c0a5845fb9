import { describe, expect, it } from '@jest/globals';
import { numbered } from './placeholders.js';

describe('placeholders', () => {
  it('become numbers in their order', () => {
    expect(numbered('SELECT a FROM t WHERE a = ? AND b IN (?, ?)')).toBe(
      'SELECT a FROM t WHERE a = $1 AND b IN ($2, $3)',
    );
  });

  it('are none in texts, names and comments', () => {
    const sql = `-- why?\nSELECT 'who''s? ', "what?" /* how?\n */ FROM t WHERE a = ?`;
    expect(numbered(sql)).toBe(sql.replace(/\?$/, '$1'));
  });
});
