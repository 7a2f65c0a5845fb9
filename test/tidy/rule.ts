/** The files that are judged: path relative to the root, to text. */
export type Tree = ReadonlyMap<string, string>;

/** `path:line` and what is wrong there, in words that say what to do. */
export type Finding = string;

/** A rule of the house that no linter knows, with the smallest tree that breaks it. */
export type Rule = {
  readonly says: string;
  readonly findings: (tree: Tree) => readonly Finding[];
  readonly broken: Readonly<Record<string, string>>;
  /** What is found in `broken`: each the start of one finding, in order. */
  readonly finds: readonly Finding[];
};

export const isCode = (path: string): boolean => /\.(?:ts|tsx|mts|js|mjs|cjs)$/.test(path);
export const isSpec = (path: string): boolean => /\.spec\.tsx?$|\/spec\//.test(path);

/** Every file that `wanted` names, line by line, judged by `complaint` (null: nothing to say). */
export const eachLine = (
  tree: Tree,
  wanted: (path: string) => boolean,
  complaint: (line: string) => string | null,
): readonly Finding[] =>
  [...tree]
    .filter(([path]) => wanted(path))
    .flatMap(([path, text]) =>
      text.split('\n').flatMap((line, index) => {
        const said = complaint(line);
        return said === null ? [] : [`${path}:${index + 1} ${said}`];
      }),
    );

/** `libs/<name>` and `libs/channels/<name>` of every lib that has sources. */
export const libsOf = (tree: Tree): readonly string[] => [
  ...new Set(
    [...tree.keys()].flatMap(
      (path) => /^(libs\/(?:channels\/)?[^/]+)\/src\//.exec(path)?.[1] ?? [],
    ),
  ),
];
