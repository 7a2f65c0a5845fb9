import { describe, expect, it } from '@jest/globals';
import { files, read } from './repository.js';
import { codeRules } from './tidy/code-rules.js';
import { documentRules } from './tidy/document-rules.js';
import type { Tree } from './tidy/rule.js';
import { textRules } from './tidy/text-rules.js';

const tree: Tree = new Map(
  files.map((path) => [path, read(path)] as const).filter(([, text]) => !text.includes('\0')),
);

describe('the tree is tidy', () => {
  for (const { says, findings } of [...textRules, ...codeRules, ...documentRules])
    it(says, () => expect(findings(tree)).toEqual([]));

  it('is read whole', () => {
    expect(tree.has('package.json')).toBe(true);
    expect(tree.has('libs/kernel/src/index.ts')).toBe(true);
  });
});

describe('an untidy tree is told', () => {
  for (const { says, findings, broken, finds } of [...textRules, ...codeRules, ...documentRules])
    it(`that ${says}`, () =>
      expect(findings(new Map(Object.entries(broken)))).toEqual(
        finds.map((start) => expect.stringContaining(start)),
      ));
});
