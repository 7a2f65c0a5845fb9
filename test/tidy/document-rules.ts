import ts from 'typescript';
import { libsOf, type Rule, type Tree } from './rule.js';
import { descendants, syntax } from './syntax.js';

const readmeLinesMax = 20;
const dependenciesMax = 40;

type Row = { readonly line: number; readonly cells: readonly string[] };

/** The rows of the tables in a Markdown file, without headings. */
const rows = (text: string): readonly Row[] =>
  text.split('\n').flatMap((line, index, all) => {
    const isHeading = /^\|[\s:|-]+\|$/.test(all[index + 1] ?? '');
    if (!line.startsWith('|') || isHeading || /^\|[\s:|-]+\|$/.test(line)) return [];
    return [
      {
        line: index + 1,
        cells: line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      },
    ];
  });

const quoted = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

const glossary = (tree: Tree): readonly Row[] => rows(tree.get('GLOSSARY.md') ?? '');

/** The names of the facts that an events.ts tells of: each `DomainEvent<'Name', …>` in it. */
const eventsIn = (path: string, text: string): readonly { name: string; line: number }[] => {
  const source = syntax(path, text);
  return [...descendants(source)].flatMap((node) => {
    if (!ts.isTypeReferenceNode(node) || node.typeName.getText() !== 'DomainEvent') return [];
    const [type] = node.typeArguments ?? [];
    if (!type || !ts.isLiteralTypeNode(type) || !ts.isStringLiteral(type.literal)) return [];
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    return [{ name: type.literal.text, line: line + 1 }];
  });
};

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
};
const manifest = (tree: Tree): Manifest => JSON.parse(tree.get('package.json') ?? '{}') as Manifest;
const packagesOf = ({ dependencies, devDependencies, overrides }: Manifest): readonly string[] =>
  [dependencies, devDependencies, overrides].flatMap((part) => Object.keys(part ?? {}));

type Locked = {
  readonly packages?: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
};

export const documentRules: readonly Rule[] = [
  {
    says: `every lib has a README.md of at most ${readmeLinesMax} lines`,
    findings: (tree) =>
      libsOf(tree).flatMap((lib) => {
        const text = tree.get(`${lib}/README.md`);
        if (text === undefined)
          return [`${lib}/README.md:1 is missing: its duty, its surface, what it may import`];
        const lines = text.trimEnd().split('\n').length;
        return lines > readmeLinesMax
          ? [`${lib}/README.md:${readmeLinesMax + 1} has ${lines} lines, not ${readmeLinesMax}`]
          : [];
      }),
    broken: {
      'libs/a/src/index.ts': '',
      'libs/channels/b/src/index.ts': '',
      'libs/channels/b/README.md': 'x\n'.repeat(21),
    },
    finds: ['libs/a/README.md:1 is missing', 'libs/channels/b/README.md:21 has 21 lines'],
  },
  {
    says: 'every term of GLOSSARY.md stands in the file it names',
    findings: (tree) =>
      glossary(tree).flatMap(({ line, cells: [word = '', , types, file] }) => {
        const paths = quoted(file);
        const at = `GLOSSARY.md:${line} ${word}:`;
        if (paths.length === 0) return [`${at} names no file`];
        const gone = paths.filter((path) => !tree.has(path));
        if (gone.length > 0) return gone.map((path) => `${at} there is no ${path}`);
        const texts = paths.map((path) => tree.get(path) ?? '');
        return quoted(types)
          .filter((type) => !texts.some((text) => new RegExp(`\\b${type}\\b`).test(text)))
          .map((type) => `${at} ${type} is not in ${paths.join(', ')}`);
      }),
    broken: {
      'GLOSSARY.md':
        '| word | meaning | type | file |\n|---|---|---|---|\n' +
        '| Fact | f | `Fact` | `a.ts` |\n| Wish | w | `Wish` | `a.ts` |\n| Gone | g | | `b.ts` |',
      'a.ts': 'export type Fact = 1;',
    },
    finds: ['GLOSSARY.md:4 Wish: Wish is not in a.ts', 'GLOSSARY.md:5 Gone: there is no b.ts'],
  },
  {
    says: 'every event type has an entry in GLOSSARY.md',
    findings: (tree) => {
      const known = new Set(glossary(tree).flatMap(({ cells }) => quoted(cells[2])));
      return [...tree]
        .filter(([path]) => /^libs\/.+\/src\/domain\/(?:.+\/)?(?:[a-z]+-)?events\.ts$/.test(path))
        .flatMap(([path, text]) =>
          eventsIn(path, text)
            .filter(({ name }) => !known.has(name))
            .map(({ name, line }) => `${path}:${line} ${name} is not in GLOSSARY.md`),
        );
    },
    broken: {
      'GLOSSARY.md': '| word | meaning | type | file |\n|---|---|---|---|\n| A | a | `Asked` | |',
      'libs/a/src/domain/events.ts':
        "type Asked = DomainEvent<'Asked', { }>;\ntype Told = DomainEvent<'Told', { }>;",
    },
    finds: ['libs/a/src/domain/events.ts:2 Told is not in GLOSSARY.md'],
  },
  {
    says: 'DEPENDENCIES.md names each package of package.json and no other',
    findings: (tree) => {
      const used = packagesOf(manifest(tree));
      const text = tree.get('DEPENDENCIES.md') ?? '';
      const told = rows(text).flatMap(({ line, cells }) =>
        quoted(cells[0]).map((name) => ({ name, line })),
      );
      return [
        ...used
          .filter((name) => !told.some((row) => row.name === name))
          .map((name) => `package.json:1 ${name} is not in DEPENDENCIES.md: say why it is needed`),
        ...told
          .filter(({ name }) => !used.includes(name))
          .map(({ name, line }) => `DEPENDENCIES.md:${line} ${name} is not in package.json`),
      ];
    },
    broken: {
      'package.json': '{ "dependencies": { "a": "1", "b": "1" } }',
      'DEPENDENCIES.md': '| package | why |\n|---|---|\n| `b` | x |\n| `c` | x |',
    },
    finds: ['package.json:1 a is not in', 'DEPENDENCIES.md:4 c is not in package.json'],
  },
  {
    says: 'package-lock.json names the packages of every platform, or npm ci refuses it',
    findings: (tree) => {
      const { packages = {} } = JSON.parse(tree.get('package-lock.json') ?? '{}') as Locked;
      return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies)
          .filter((name) => !packages[`${path}/node_modules/${name}`])
          .filter((name) => !packages[`node_modules/${name}`])
          .map((name) => `package-lock.json:1 ${path} needs ${name}, which is missing`),
      );
    },
    broken: {
      'package-lock.json':
        '{ "packages": { "node_modules/a": { "optionalDependencies": { "b": "1", "c": "1" } }, ' +
        '"node_modules/b": {} } }',
    },
    finds: ['package-lock.json:1 node_modules/a needs c'],
  },
  {
    says: `production stands on at most ${dependenciesMax} packages`,
    findings: (tree) => {
      const count = Object.keys(manifest(tree).dependencies ?? {}).length;
      return count > dependenciesMax
        ? [`package.json:1 has ${count} production dependencies, ${dependenciesMax} are allowed`]
        : [];
    },
    broken: {
      'package.json': JSON.stringify({
        dependencies: Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`a${at}`, '1'])),
      }),
    },
    finds: ['package.json:1 has 41 production dependencies'],
  },
];
