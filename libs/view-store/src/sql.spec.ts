import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { Table } from '#kernel';
import { createTable } from './embedded/dialect.js';
import {
  createIndexes,
  deleteByKey,
  firstPageByKey,
  pageByKey,
  selectByKey,
  selectCheckpoint,
  insertCheckpoint,
  updateCheckpoint,
  upsert,
} from './sql.js';
import { tableShape } from './table-shape.js';

const table: Table = {
  name: 'notes',
  columns: { note_id: 'text', size: 'integer?', body: 'json' },
  key: 'note_id',
  indexes: [['size', 'note_id']],
};
const shape = tableShape(table);

/** What SQLite understands and PostgreSQL does not. */
const onlySqlite = [
  /\bINSERT\s+OR\b/i,
  /\bREPLACE\s+INTO\b/i,
  /\bPRAGMA\b/i,
  /\bAUTOINCREMENT\b/i,
  /\bWITHOUT\s+ROWID\b/i,
  /\bSTRICT\b/,
  /\bBEGIN\s+IMMEDIATE\b/i,
  /\b(json_each|json_extract|ifnull|strftime|unixepoch|group_concat|last_insert_rowid)\s*\(/i,
  /\bsqlite_/i,
  /`/,
];

describe('the statements of views', () => {
  it('are those that SQLite and PostgreSQL share', () => {
    expect(upsert(shape, 2)).toBe(
      'INSERT INTO "notes" ("note_id", "size", "body") VALUES (?, ?, ?), (?, ?, ?)' +
        ' ON CONFLICT ("note_id") DO UPDATE SET "size" = excluded."size", "body" = excluded."body"',
    );
    expect(selectByKey(shape, 2)).toBe(
      'SELECT "note_id", "size", "body" FROM "notes" WHERE "note_id" IN (?, ?)',
    );
    expect(createIndexes(shape)).toEqual([
      'CREATE INDEX "notes_index_0" ON "notes" ("size", "note_id")',
    ]);
    const statements = [
      upsert(shape, 1),
      selectByKey(shape, 1),
      deleteByKey(shape, 3),
      firstPageByKey(shape),
      pageByKey(shape),
      ...createIndexes(shape),
      selectCheckpoint,
      insertCheckpoint,
      updateCheckpoint,
    ];
    for (const statement of statements)
      for (const construct of onlySqlite) expect(statement).not.toMatch(construct);
  });

  it('leave what only SQLite understands to its own folder, and there to dialect and schema', async () => {
    const folder = dirname(fileURLToPath(import.meta.url));
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      /^(?!spec\/)(?!.*\.spec\.).*\.js$/.test(file),
    );
    expect(files).toContain('embedded/followers-database.js');
    const allowed = new Set(['embedded/dialect.js', 'embedded/followers-schema.js']);
    for (const file of files.filter((name) => !allowed.has(name))) {
      const text = await readFile(join(folder, file), 'utf8');
      // A statement is a string without a line break; comments may name what they like.
      const strings = text.match(/'[^'\n]*'|"[^"\n]*"/g) ?? [];
      for (const construct of onlySqlite.slice(0, -2))
        for (const string of strings)
          expect({ file, string }).not.toEqual({ file, string: expect.stringMatching(construct) });
    }
  });

  it('make a table of the dialect out of its shape', () => {
    expect(createTable(shape)).toEqual([
      'CREATE TABLE "notes" ("note_id" TEXT NOT NULL, "size" INTEGER, "body" TEXT NOT NULL,' +
        ' PRIMARY KEY ("note_id")) STRICT, WITHOUT ROWID',
    ]);
  });
});
