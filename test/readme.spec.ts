import { describe, expect, it } from '@jest/globals';
import { variablesTable } from '#edge';
import { files, read } from './repository.js';

const readme = read('README.md');

/** The rows of a Markdown table, however wide its columns have been made. */
const rows = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    );

/** The lines from a heading to the next of its rank. */
const section = (heading: string): readonly string[] => {
  const [, after = ''] = readme.split(`\n## ${heading}\n`);
  return (after.split('\n## ')[0] ?? '').split('\n');
};

describe('the documents', () => {
  it('README.md says what is true of every variable', () => {
    expect(rows(section('Configuration'))).toEqual(rows(variablesTable().split('\n')));
  });

  it.each(['README.md', 'ARCHITECTURE.md'])('%s links to nothing that is not there', (document) => {
    const linked = [...read(document).matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    const gone = linked.filter((path) => !files.some((file) => file.startsWith(path)));
    expect(linked.length).toBeGreaterThan(0);
    expect(gone).toEqual([]);
  });

  it('ARCHITECTURE.md and CONTRIBUTING.md name no file that is not there', () => {
    const named = ['ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((document) =>
      [...read(document).matchAll(/`((?:apps|libs|test|docs|scripts)\/[\w./-]+)`/g)].map(
        ([, path]) => path ?? '',
      ),
    );
    const gone = named.filter((path) => !files.some((file) => file.startsWith(path)));
    expect(named.length).toBeGreaterThan(0);
    expect(gone).toEqual([]);
  });
});
