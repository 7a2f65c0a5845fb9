import { eachLine, isCode, isSpec, type Rule } from './rule.js';

const lineLengthMax = 100;
/** Comments and the titles of tests: Prettier does not break prose, and a word may stick out. */
const proseLengthMax = 110;
const fileLinesMax = 350;
const specLinesMax = 500;

const lengthMax = (line: string): number =>
  /^\s*(?:\/\/|\/?\*|(?:it|describe)\()/.test(line) ? proseLengthMax : lineLengthMax;

// Lines that cannot be broken because they hold an address are let through.
const tooLong = (line: string): boolean =>
  line.length > lengthMax(line) && !/https?:\/\/\S{40}/.test(line);

// A host anywhere in a file, and the addresses that npm writes into a lock file.
const host =
  /https?:\/\/[^\s"'/]*(?:registry|npmjs|artifactory|verdaccio|nexus)|"resolved":\s"http/;
const machinePath =
  /(?:^|[\s"'`(=:])(?:\/(?:home|Users|root|tmp|work|workspace|mnt|private)\/\w|[A-Z]:\\\w)/;

/** The samples are joined from parts, so that this file keeps the rules that they break. */
const joined = (...parts: readonly string[]): string => parts.join('');

export const textRules: readonly Rule[] = [
  {
    says: `a line of code has at most ${lineLengthMax} characters, prose ${proseLengthMax}`,
    findings: (tree) =>
      eachLine(tree, isCode, (line) =>
        tooLong(line) ? `is ${line.length} characters long, ${lengthMax(line)} fit` : null,
      ),
    broken: {
      'a.ts': ['', 'x'.repeat(101), 'y'.repeat(100), `// https://${'z'.repeat(100)}`].join('\n'),
      'b.ts': [`// ${'x'.repeat(107)}`, ` * ${'y'.repeat(108)}`].join('\n'),
    },
    finds: ['a.ts:2 is 101 characters long', 'b.ts:2 is 111 characters long'],
  },
  {
    says: `a file of code has at most ${fileLinesMax} lines, a spec ${specLinesMax}`,
    findings: (tree) =>
      [...tree].flatMap(([path, text]) => {
        const lines = text.trimEnd().split('\n').length;
        const max = isSpec(path) ? specLinesMax : fileLinesMax;
        return isCode(path) && lines > max
          ? [`${path}:${max + 1} the file has ${lines} lines: split it by subject`]
          : [];
      }),
    broken: {
      'a.ts': 'x\n'.repeat(351),
      'b.ts': 'x\n'.repeat(350),
      'b.spec.ts': 'x\n'.repeat(501),
    },
    finds: ['a.ts:351 the file has 351 lines', 'b.spec.ts:501 the file has 501 lines'],
  },
  {
    says: 'no file names a package registry',
    findings: (tree) =>
      eachLine(
        tree,
        () => true,
        (line) =>
          host.test(line) ? 'names a registry: installs must work with whichever is set' : null,
      ),
    broken: { 'package-lock.json': joined('{\n"resolved"', ': "https://example.org"') },
    finds: ['package-lock.json:2 names a registry'],
  },
  {
    says: 'no file names a path of one machine',
    findings: (tree) =>
      eachLine(
        tree,
        () => true,
        (line) =>
          machinePath.test(line) ? 'names a path of one machine: start from import.meta.url' : null,
      ),
    broken: {
      'docs/a.md': joined('see /home', '/somebody/notes'),
      'b.ts': "const path = '/p/:code';",
    },
    finds: ['docs/a.md:1 names a path of one machine'],
  },
  {
    says: 'no file holds a note to do something later',
    findings: (tree) =>
      eachLine(tree, isCode, (line) =>
        /\b(?:TO[D]O|FIX[M]E|X{3}|HAC[K])\b/.test(line)
          ? 'promises something for later: do it, or open an issue'
          : null,
      ),
    broken: { 'a.ts': joined('// TO', 'DO: think') },
    finds: ['a.ts:1 promises something'],
  },
];
