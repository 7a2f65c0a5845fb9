import ts from 'typescript';
import type { Finding, Tree } from './rule.js';

const parsed = new Map<string, ts.SourceFile>();

/** The syntax tree of a file, parsed once for all rules. */
export const syntax = (path: string, text: string): ts.SourceFile => {
  const key = `${path}\n${text}`;
  const known = parsed.get(key) ?? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  parsed.set(key, known);
  return known;
};

export const descendants = function* (node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* descendants(child);
};

/** Each node of each wanted TypeScript file, judged by `complaint` (null: nothing to say). */
export const eachNode = (
  tree: Tree,
  wanted: (path: string) => boolean,
  complaint: (node: ts.Node, path: string) => string | null,
): readonly Finding[] =>
  [...tree]
    .filter(([path]) => /\.tsx?$/.test(path) && wanted(path))
    .flatMap(([path, text]) => {
      const source = syntax(path, text);
      return [...descendants(source)].flatMap((node) => {
        const said = complaint(node, path);
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        return said === null ? [] : [`${path}:${line + 1} ${said}`];
      });
    });
