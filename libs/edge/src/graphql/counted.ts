import type { ASTVisitor, ValidationContext, ValidationRule } from 'graphql';
import { badRequest } from './errors.js';

const countLimit = (
  limit: number,
  things: string,
  visitor: (count: () => void) => ASTVisitor,
): ValidationRule => {
  return (context: ValidationContext) => {
    let actual = 0;
    return {
      ...visitor(() => void (actual += 1)),
      Document: {
        leave() {
          if (actual <= limit) return;
          const message = `The document has ${actual} ${things}; ${limit} are allowed.`;
          context.reportError(badRequest('LIMIT_EXCEEDED', message, { limit, actual }));
        },
      },
    };
  };
};

/** Refuses documents with more aliases: the cheap way to ask the same dear field many times. */
export const aliasLimit = (aliasesMax: number): ValidationRule =>
  countLimit(aliasesMax, 'aliases', (count) => ({
    Field: (field) => (field.alias ? count() : undefined),
  }));

/** Refuses documents with more directives. */
export const directiveLimit = (directivesMax: number): ValidationRule =>
  countLimit(directivesMax, 'directives', (count) => ({ Directive: () => count() }));
