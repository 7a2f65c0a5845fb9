import {
  buildSchema,
  findBreakingChanges,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
} from 'graphql';
import { files, read } from '../repository.js';

/** What clients were told last, as it is kept in the repository. */
export const snapshotPath = 'docs/schema.graphql';

/** The schema as the sources have it. */
export const servedSdl = files
  .filter((path) => /^libs\/[^/]+\/src\/graphql\/[^/]+\.graphql$/.test(path))
  .map(read)
  .join('\n');

/** One form for a schema, whatever the order of its files. */
export const printed = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema))}\n`;

/** What a client of the one schema can no longer rely on in the other, each by name. */
export const broken = (before: string, after: string): readonly string[] =>
  findBreakingChanges(buildSchema(before), buildSchema(after)).map(
    ({ type, description }) => `${type}: ${description}`,
  );
