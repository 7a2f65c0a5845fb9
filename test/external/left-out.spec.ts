import { describe, expect, it } from '@jest/globals';
import { files, read } from '../repository.js';
import { leftOut } from './left-out.js';

const specs = files.filter((path) => path.endsWith('.spec.ts'));
const compiled = (path: string): string => `/dist/${path}`;
const isLeftOut = (path: string): boolean =>
  leftOut.some(({ paths }) => paths.test(compiled(path)));

/** Starts an engine on whatever this run of the tests is about. */
const startsAnEngine = /\b(?:Casement|Assembled)\.start\(|\bopenPortal\(|\bstoresOf\(/;

describe('the second run of the suite', () => {
  it('leaves out nothing that is not there', () => {
    for (const { paths, because } of leftOut)
      expect({ because, found: specs.some((path) => paths.test(compiled(path))) }).toEqual({
        because,
        found: true,
      });
  });

  it('leaves out no spec that starts an engine on either kind of store', () => {
    const engines = specs.filter((path) => startsAnEngine.test(read(path)));
    expect(engines.length).toBeGreaterThan(30);
    const onFiles = /isEmbedded: true/;
    expect(engines.filter((path) => isLeftOut(path) && !onFiles.test(read(path)))).toEqual([]);
  });
});
