import { createHash } from 'node:crypto';
import { execute, Kind, visit } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import { viewerOf } from '#access';
import type { KnownAuthentication } from '#access';
import type { OperationContext } from './context.js';
import type { OperationRequest } from './operation.js';

/** What is told of a change. */
export class Told {
  /** As it is sent; null with errors, which each reader is told in words of their own. */
  private readonly json: string | null;
  private begin = '';
  private bytes: Buffer | null = null;

  constructor(readonly result: ExecutionResult) {
    this.json = result.errors ? null : JSON.stringify(result);
  }

  /**
   * The message `<begin><result>}`, written out once for all who begin alike: most clients give
   * their subscriptions the same id. Null when there are errors.
   */
  message(begin: string): Buffer | null {
    if (this.json === null) return null;
    if (this.bytes === null || this.begin !== begin) {
      this.begin = begin;
      this.bytes = Buffer.from(`${begin}${this.json}}`);
    }
    return this.bytes;
  }
}

/**
 * Executes an operation over a change once for all who are told of the very same object, have asked
 * for the same and may do the same. A source that makes an object of its own for each of its
 * readers shares nothing. What was told lives as long as the object.
 */
export class SharedExecution {
  private readonly told = new WeakMap<object, Map<string, Told | Promise<Told>>>();

  of(change: object, args: ExecutionArgs, group: string): Told | Promise<Told> {
    const groups = this.told.get(change) ?? new Map<string, Told | Promise<Told>>();
    this.told.set(change, groups);
    const known = groups.get(group);
    if (known) return known;
    const made = tell(change, args);
    groups.set(group, made);
    // Whoever comes after it has been told need not wait.
    made.then(
      (told) => groups.set(group, told),
      () => groups.delete(group),
    );
    return made;
  }
}

const tell = async (change: object, args: ExecutionArgs): Promise<Told> =>
  new Told(await execute({ ...args, rootValue: change }));

/**
 * Equal for two subscriptions exactly when each change looks the same to both. Which variables stand
 * in the arguments of the first field alone is no matter: they say which changes are told, not how.
 */
export const groupOf = (
  { query, operationName, variables }: OperationRequest,
  document: DocumentNode,
  { principal }: KnownAuthentication,
): string => {
  const shown = variablesBelow(document);
  const given = Object.entries(variables ?? {}).filter(([name]) => shown.has(name));
  const all = [query, operationName ?? null, given.toSorted(byName), viewerOf(principal)];
  return createHash('sha256').update(JSON.stringify(all)).digest('base64');
};

type Given = readonly [name: string, value: unknown];

const byName = ([one]: Given, [other]: Given): number => (one < other ? -1 : 1);

const variablesBelow = ({ definitions }: DocumentNode): ReadonlySet<string> => {
  const names = new Set<string>();
  const see = (node: Parameters<typeof visit>[0]): void => {
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  };
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) see(definition);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of definition.selectionSet.selections)
      see(selection.kind === Kind.FIELD ? { ...selection, arguments: [] } : selection);
  }
  return names;
};

/**
 * The context of what is told to many: a member who may do what each of them may, and is none of them.
 * No resolver can tell one of them what is another's own.
 */
export const contextOfGroup = ({
  expiresAtMs,
  principal,
}: KnownAuthentication): OperationContext => ({
  authentication: {
    kind: 'known',
    subject: '',
    expiresAtMs,
    principal: { ...principal, id: '', name: '' },
  },
  correlationId: '',
  position: null,
});
