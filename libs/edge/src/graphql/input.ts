import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from '@nestjs/common';
import { BREAK, GraphQLError, Kind, visit } from 'graphql';
import type { ASTNode, DocumentNode } from 'graphql';
import { edgeError } from './errors.js';

type Found = { readonly field: string; readonly message: string };

/** The first constraint that failed, with the dotted path to its field. */
const firstFailure = (errors: readonly ValidationError[], under: string): Found | null => {
  for (const error of errors) {
    const field = under === '' ? error.property : `${under}.${error.property}`;
    const message = Object.values(error.constraints ?? {})[0];
    const found = message === undefined ? firstFailure(error.children ?? [], field) : null;
    if (message !== undefined) return { field, message };
    if (found !== null) return found;
  }
  return null;
};

/**
 * Validates every class given to `@Args` by its class-validator decorators. What fails is answered
 * as BAD_USER_INPUT with the field's path; a property without a decorator does not pass.
 */
export const createInputPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => {
      const found = firstFailure(errors, '');
      const { field, message } = found ?? { field: 'input', message: 'The input is not valid' };
      return edgeError('BAD_USER_INPUT', `${message}.`, { field });
    },
  });

const VALUES: readonly string[] = [
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
];

/**
 * Marks those validation errors that are about a value written into the document with the value's
 * field, so that they are answered as bad input, like the same value in a variable.
 */
export const nameFields = (errors: readonly Error[], document: DocumentNode): void => {
  for (const error of errors) {
    if (!(error instanceof GraphQLError)) continue;
    const field = fieldOf(error, document);
    if (field !== null) error.extensions['field'] = field;
  }
};

const fieldOf = (error: GraphQLError, document: DocumentNode): string | null => {
  const argument = /argument "([^"]+)" of type "[^"]+" is required/.exec(error.message)?.[1];
  if (argument !== undefined) return argument;
  const node = error.nodes?.[0];
  if (node === undefined || !VALUES.includes(node.kind)) return null;
  const path = pathTo(node, document);
  const missing = /^Field "[^".]+\.([^"]+)" of required type/.exec(error.message)?.[1];
  const names = missing === undefined ? path : [...path, missing];
  return names.length === 0 ? null : (names.length > 1 ? names.slice(1) : names).join('.');
};

/** The argument and the input fields above a value. */
const pathTo = (wanted: ASTNode, document: DocumentNode): readonly string[] => {
  const names: string[] = [];
  let isFound = false;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD)
        names.push(node.name.value);
      isFound ||= node === wanted;
      return isFound ? BREAK : undefined;
    },
    leave(node) {
      if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) names.pop();
    },
  });
  return isFound ? names : [];
};
