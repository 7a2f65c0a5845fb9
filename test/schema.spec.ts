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
import { read } from './repository.js';
import { broken, printed, servedSdl, snapshotPath } from './schema/served.js';

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

describe('the snapshot of the schema', () => {
  it('GQ14: is broken by nothing in the sources', () => {
    // Each of these breaks a client. Deprecate it first; if it is meant: npm run schema -- --breaking
    expect(broken(read(snapshotPath), servedSdl)).toEqual([]);
  });

  it('GQ14: is what the sources say; if not, run `npm run schema`', () => {
    expect(read(snapshotPath)).toBe(printed(buildSchema(servedSdl)));
  });

  it('tells what breaks a client, by name, and lets additions pass', () => {
    const before = `
      type Query { a(b: Int): A, c: String! }
      type A { d: E }
      enum E { F G }
      input I { j: Int }`;
    const after = `
      type Query { a(b: Int!): A, c: String, added: I }
      type A { d(added: Int): E, added: Int }
      enum E { F }
      input I { j: Int, k: Int! }`;
    expect(broken(before, after)).toEqual([
      'ARG_CHANGED_KIND: Query.a arg b has changed type from Int to Int!.',
      'FIELD_CHANGED_KIND: Query.c changed type from String! to String.',
      'VALUE_REMOVED_FROM_ENUM: G was removed from enum type E.',
      'REQUIRED_INPUT_FIELD_ADDED: A required field k on input type I was added.',
    ]);
    expect(broken(before, before.replace('d: E', 'd: E added: Int'))).toEqual([]);
    expect(broken(before, before.replace('d: E', 'e: E'))).toEqual([
      'FIELD_REMOVED: A.d was removed.',
    ]);
  });
});
