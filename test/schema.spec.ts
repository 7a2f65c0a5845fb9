import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLField,
  type GraphQLNamedType,
} from 'graphql';
import { files, read } from './repository.js';

/** Something of the schema, by the path a client would name it with. */
type Part = { readonly path: string; readonly description: string | null | undefined };

const partsOfField = (type: string, field: GraphQLField<unknown, unknown>): readonly Part[] => [
  { path: `${type}.${field.name}`, description: field.description },
  ...field.args.map(({ name, description }) => ({
    path: `${type}.${field.name}(${name})`,
    description,
  })),
];

/** Clients never name the roots: these are described by their fields. */
const roots = new Set(['Query', 'Mutation', 'Subscription']);

const partsOf = (type: GraphQLNamedType): readonly Part[] => {
  const own = roots.has(type.name) ? [] : [{ path: type.name, description: type.description }];
  if (isObjectType(type) || isInterfaceType(type))
    return [
      ...own,
      ...Object.values(type.getFields()).flatMap((field) => partsOfField(type.name, field)),
    ];
  if (isInputObjectType(type))
    return [
      ...own,
      ...Object.values(type.getFields()).map(({ name, description }) => ({
        path: `${type.name}.${name}`,
        description,
      })),
    ];
  if (isEnumType(type))
    return [
      ...own,
      ...type
        .getValues()
        .map(({ name, description }) => ({ path: `${type.name}.${name}`, description })),
    ];
  return own;
};

const undescribed = (sdl: string): readonly string[] =>
  Object.values(buildSchema(sdl).getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap(partsOf)
    .filter(({ description }) => !description?.trim())
    .map(({ path }) => path)
    .toSorted();

const servedSdl = files
  .filter((path) => /^libs\/[^/]+\/src\/graphql\/[^/]+\.graphql$/.test(path))
  .map(read)
  .join('\n');

describe('the GraphQL schema', () => {
  it('describes every type, field, argument and enum value', () => {
    expect(undescribed(servedSdl)).toEqual([]);
  });

  it('is read whole', () => {
    const types = Object.keys(buildSchema(servedSdl).getTypeMap());
    expect(types).toEqual(expect.arrayContaining(['Viewer', 'Conversation', 'Refusal', 'Cursor']));
  });

  it('finds what is not described, whatever it is', () => {
    const sdl = `
      type Query { a(b: Int, "Said." c: Int): A, "Said." d(input: F): Int }
      interface A { e: Int }
      input F { g: Int, "Said." h: Int }
      enum I { J }
      scalar K
      union L = M
      "Said."
      type M implements A { "Said." e: Int }`;
    const found = ['A', 'A.e', 'F', 'F.g', 'I', 'I.J', 'K', 'L'];
    expect(undescribed(sdl)).toEqual([...found, 'Query.a', 'Query.a(b)', 'Query.d(input)']);
  });
});
