import ts from 'typescript';
import { isSpec, type Rule } from './rule.js';
import { descendants, eachNode } from './syntax.js';

const functionLinesMax = 70;

const calls = (node: ts.Node, name: RegExp): boolean =>
  ts.isCallExpression(node) && name.test(node.expression.getText());

const linesOf = (node: ts.Node): number => node.getText().split('\n').length;

/**
 * A suite holds many tests and is as long as they are; each of its tests is judged by itself. So is
 * the function that makes a suite for any implementation of a port: `describeAppending(store)`.
 */
const isSuite = (node: ts.Node): boolean =>
  calls(node.parent, /^describe\b/) ||
  (ts.isVariableDeclaration(node.parent) && /^describe[A-Z]/.test(node.parent.name.getText()));

const bannedName = /(?:Manager|Helper|Util|Utils|Service|Impl|Dto)$/;
const bannedFile = /(?:^|[-/.])(?:manager|helpers?|utils?|service|impl|dto)\.tsx?$/;
const bannedEvent = /^(?:UserEvent|\w*StatusChanged)$/;

const declaresName = (node: ts.Node): string | null =>
  (ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)) &&
  node.name
    ? node.name.text
    : null;

const named = (node: ts.Node): ts.Node | null => {
  const name = (node as { readonly name?: ts.Node }).name;
  return name && ts.isIdentifier(name) && name.text.startsWith('evolve') ? node : null;
};

const unanswered = (node: ts.Node): string | null => {
  if (!ts.isSwitchStatement(node)) return null;
  for (let up: ts.Node = node; !ts.isSourceFile(up); up = up.parent)
    if (named(up)) {
      const last = node.caseBlock.clauses.find(ts.isDefaultClause);
      const ends = last && [...descendants(last)].some((part) => calls(part, /^unreachable$/));
      return ends ? null : 'a switch of evolve has no `default: return unreachable(event)`';
    }
  return null;
};

/** Where time and chance are ports: the kernel, every domain, the engine but for its adapters. */
const isTimeless = (path: string): boolean =>
  !isSpec(path) &&
  /^libs\/(?:kernel\/src|engine\/src|(?:channels\/)?[^/]+\/src\/domain)\//.test(path) &&
  !path.startsWith('libs/engine/src/system/');

const clocks = /^(?:globalThis\.)?(?:(?:Date|performance)\.now|process\.hrtime(?:\.bigint)?)$/;
const timers = /^(?:globalThis\.)?set(?:Timeout|Interval|Immediate)$/;
const chances = /^(?:globalThis\.)?(?:Math\.random|(?:\w+\.)?random(?:UUID|Bytes|Int))$/;

const impure = (node: ts.Node): string | null => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date')
    return node.arguments?.length
      ? null
      : '`new Date()` reads the clock: take the time from a port';
  if (calls(node, /^Date$/)) return '`Date()` reads the clock: take the time from a port';
  return ts.isCallExpression(node) && [clocks, timers, chances].some((ban) => calls(node, ban))
    ? `\`${node.expression.getText()}\` is time or chance: take it from a port or the command`
    : null;
};

/** What of `#event-store` does not touch the log. */
const catalogueNames = new Set([
  'event',
  'typesOf',
  'EventCatalogue',
  'EventDefinition',
  'KeyRing',
]);

const takesLog = (node: ts.Node): string | null => {
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return null;
  if (node.moduleSpecifier.text !== '#event-store') return null;
  const bindings = node.importClause?.namedBindings;
  const names = bindings && ts.isNamedImports(bindings) ? bindings.elements : null;
  const others = names?.map(({ propertyName, name }) => (propertyName ?? name).text) ?? [
    'all of it',
  ];
  const wrong = others.filter((name) => !catalogueNames.has(name));
  return wrong.length > 0
    ? `takes ${wrong.join(', ')} from #event-store: only the engine writes the log`
    : null;
};

const skips =
  /^(?:x(?:it|test|describe)|f(?:it|describe)|(?:it|test|describe)\.(?:skip|only|todo))\b/;

export const codeRules: readonly Rule[] = [
  {
    says: `a function has at most ${functionLinesMax} lines`,
    findings: (tree) =>
      eachNode(
        tree,
        () => true,
        (node, path) =>
          ts.isFunctionLike(node) &&
          !(isSpec(path) && isSuite(node)) &&
          linesOf(node) > functionLinesMax
            ? `the function has ${linesOf(node)} lines, ${functionLinesMax} fit on a screen`
            : null,
      ),
    broken: {
      'a.ts': `\nexport const long = () => {${'\n'.repeat(70)}};`,
      'b.spec.ts': `describe('a', () => {${'\n'.repeat(70)}});`,
      'c/spec/d.ts': `const describeD = (d) => {${'\n'.repeat(70)}};`,
      'e.ts': `const describeE = () => {${'\n'.repeat(70)}};`,
    },
    finds: ['a.ts:2 the function has 71 lines', 'e.ts:1 the function has 71 lines'],
  },
  {
    says: 'no name says Manager, Helper, Util, Service, Impl or Dto',
    findings: (tree) => [
      ...eachNode(
        tree,
        (path) => path.startsWith('libs/'),
        (node) => {
          const name = declaresName(node);
          return name !== null && bannedName.test(name)
            ? `${name} says nothing: name what it does for the business`
            : null;
        },
      ),
      ...[...tree.keys()]
        .filter((path) => path.startsWith('libs/') && bannedFile.test(path))
        .map((path) => `${path}:1 the file's name says nothing: name the one thing it holds`),
    ],
    broken: {
      'libs/a/src/clock-helper.ts': 'export class OrderManager {}\nexport class Manages {}',
      'libs/a/src/serviced.ts': 'export type PlaceDto = 1;',
    },
    finds: [
      'libs/a/src/clock-helper.ts:1 OrderManager',
      'libs/a/src/serviced.ts:1 PlaceDto',
      "libs/a/src/clock-helper.ts:1 the file's name",
    ],
  },
  {
    says: 'no event is called UserEvent or StatusChanged',
    findings: (tree) =>
      eachNode(
        tree,
        (path) => /^(?:libs|apps)\//.test(path),
        (node) =>
          (ts.isStringLiteral(node) || ts.isIdentifier(node)) && bannedEvent.test(node.text)
            ? `${node.text} does not say what happened`
            : null,
      ),
    broken: { 'libs/a/src/domain/events.ts': "type A = { type: 'OrderStatusChanged' };" },
    finds: ['libs/a/src/domain/events.ts:1 OrderStatusChanged'],
  },
  {
    says: 'every switch of evolve ends in unreachable',
    findings: (tree) => eachNode(tree, (path) => path.startsWith('libs/'), unanswered),
    broken: {
      'libs/a/src/domain/a.ts':
        'const evolve = (s, e) => {\nswitch (e.type) { case 1: return s; default: return s; }\n};',
      'libs/a/src/domain/b.ts':
        'const b = { evolve(s, e) { switch (e.type) { default: return unreachable(e); } } };',
      'libs/a/src/followers/c.ts': 'const c = (e) => { switch (e.type) { case 1: return []; } };',
    },
    finds: ['libs/a/src/domain/a.ts:2 a switch of evolve'],
  },
  {
    says: 'no clock and no chance in the kernel, the domains and the engine',
    findings: (tree) => eachNode(tree, isTimeless, impure),
    broken: {
      'libs/a/src/domain/a.ts': '// Date.now()\nconst at = Date.now();\nconst x = new Date();',
      'libs/engine/src/run.ts': 'setTimeout(f, 1);\ncrypto.randomUUID();\nMath.random();',
      'libs/engine/src/system/clock.ts': 'export const now = () => Date.now();',
      'libs/kernel/src/instant.ts': 'export const from = (ms) => new Date(ms);',
    },
    finds: [
      'libs/a/src/domain/a.ts:2 `Date.now`',
      'libs/a/src/domain/a.ts:3 `new Date()`',
      'libs/engine/src/run.ts:1 `setTimeout`',
      'libs/engine/src/run.ts:2 `crypto.randomUUID`',
      'libs/engine/src/run.ts:3 `Math.random`',
    ],
  },
  {
    // The platform puts the store together, and the views are a function of the log, which they read.
    says: 'only the engine, the views and the platform take the log from the event store',
    findings: (tree) =>
      eachNode(
        tree,
        (path) =>
          /^libs\/(?!(?:engine|event-store|view-store|platform)\/)/.test(path) && !isSpec(path),
        takesLog,
      ),
    broken: {
      'libs/a/src/domain/events.ts': "import { event, type EventCatalogue } from '#event-store';",
      'libs/a/src/commands/a.ts': "import type { KeyRing, EventLog } from '#event-store';",
    },
    finds: ['libs/a/src/commands/a.ts:1 takes EventLog from'],
  },
  {
    says: 'no test is skipped, left to do, or run alone',
    findings: (tree) =>
      eachNode(tree, isSpec, (node) =>
        calls(node, skips)
          ? 'is skipped or runs alone: a test that does not run proves nothing'
          : null,
      ),
    broken: { 'a.spec.ts': "it('a', f);\nit.skip('b', f);\ndescribe.only('c', f);\nxit('d', f);" },
    finds: ['a.spec.ts:2 is skipped', 'a.spec.ts:3 is skipped', 'a.spec.ts:4 is skipped'],
  },
];
