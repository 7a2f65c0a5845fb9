import { Kind } from 'graphql';
import type { SelectionSetNode, ValidationRule } from 'graphql';
import { badRequest } from './errors.js';

/**
 * Refuses operations with more than `depthMax` fields on the way to any leaf. Introspection is not
 * counted: it has a limit of its own in graphql, and is closed where the schema is not public.
 */
export const depthLimit =
  (depthMax: number): ValidationRule =>
  (context) => {
    const known = new Map<string, number>();
    const underWay = new Set<string>();

    const ofFragment = (name: string): number => {
      const counted = known.get(name);
      const fragment = context.getFragment(name);
      // A fragment that contains itself is refused by another rule; here it must only end.
      if (counted !== undefined || underWay.has(name) || !fragment) return counted ?? 0;
      underWay.add(name);
      const depth = below(fragment.selectionSet);
      underWay.delete(name);
      known.set(name, depth);
      return depth;
    };

    const below = ({ selections }: SelectionSetNode): number =>
      selections.reduce((deepest, selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD)
          return Math.max(deepest, ofFragment(selection.name.value));
        if (selection.kind === Kind.INLINE_FRAGMENT)
          return Math.max(deepest, below(selection.selectionSet));
        if (selection.name.value.startsWith('__')) return deepest;
        return Math.max(deepest, 1 + (selection.selectionSet ? below(selection.selectionSet) : 0));
      }, 0);

    return {
      OperationDefinition(operation) {
        const actual = below(operation.selectionSet);
        if (actual > depthMax)
          context.reportError(
            badRequest(
              'LIMIT_EXCEEDED',
              `The operation is ${actual} deep; ${depthMax} is allowed.`,
              {
                limit: depthMax,
                actual,
              },
            ),
          );
      },
    };
  };
