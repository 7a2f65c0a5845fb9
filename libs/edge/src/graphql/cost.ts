import { getNamedType, getNullableType, isCompositeType, isListType, Kind } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { pageSizeOf } from './page-size.js';
import type { Variables } from './page-size.js';
import type { GraphqlLimits } from './limits.js';

export type Asked = {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly limits: GraphqlLimits;
};

/** What a connection wraps its rows in: free, since the rows are counted. */
const WRAPPERS = ['edges', 'pageInfo'];
/** The rows themselves, one for each of the page. */
const ROWS = 'nodes';
const isConnection = (type: GraphQLCompositeType): boolean => type.name.endsWith('Connection');

/**
 * The most objects that an operation can return, counted before it is executed. A field that
 * returns an object costs one, a scalar nothing. Below a connection all is multiplied by `first` or
 * `last`, below any other list of objects by an assumed length. Throws for a page size that is not
 * allowed.
 */
export const costOf = (asked: Asked): number => {
  const root = asked.schema.getRootType(asked.operation.operation);
  return root ? new Costing(asked).of(asked.operation.selectionSet, root) : 0;
};

class Costing {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /**
   * A fragment costs the same wherever it stands, so that nesting fragments stays cheap to count.
   */
  private readonly known = new Map<string, number>();
  private readonly variables: Variables;

  constructor(private readonly asked: Asked) {
    this.fragments = new Map(
      asked.document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
    this.variables = { ...defaultsOf(asked.operation), ...asked.variables };
  }

  of({ selections }: SelectionSetNode, parent: GraphQLCompositeType): number {
    return selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + this.ofField(selection, parent);
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return sum + this.ofFragment(selection.name.value);
      const on = selection.typeCondition?.name.value;
      return (
        sum + this.of(selection.selectionSet, on === undefined ? parent : this.type(on, parent))
      );
    }, 0);
  }

  private ofFragment(name: string): number {
    const fragment = this.fragments.get(name);
    const counted = this.known.get(name);
    if (counted !== undefined || !fragment) return counted ?? 0;
    const on = this.asked.schema.getType(fragment.typeCondition.name.value);
    const cost = isCompositeType(on) ? this.of(fragment.selectionSet, on) : 0;
    this.known.set(name, cost);
    return cost;
  }

  private ofField(node: FieldNode, parent: GraphQLCompositeType): number {
    const field = 'getFields' in parent ? parent.getFields()[node.name.value] : undefined;
    const returned = field && getNamedType(field.type);
    if (!field || !isCompositeType(returned) || !node.selectionSet) return 0;
    const below = this.of(node.selectionSet, returned);
    if (isConnection(parent) && WRAPPERS.includes(field.name)) return below;
    if (isConnection(parent) && field.name === ROWS) return 1 + below;
    return 1 + this.factor(node, field, returned) * below;
  }

  private factor(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    returned: GraphQLCompositeType,
  ): number {
    const { limits } = this.asked;
    const page = pageSizeOf(node, field, this.variables, limits);
    if (page !== null) return page;
    if (isConnection(returned)) return limits.pageSizeDefault;
    return isListType(getNullableType(field.type)) ? limits.listSizeAssumed : 1;
  }

  private type(name: string, otherwise: GraphQLCompositeType): GraphQLCompositeType {
    const type = this.asked.schema.getType(name);
    return isCompositeType(type) ? type : otherwise;
  }
}

/** A default of the document counts as if it had been sent: it is as much the asker's wish. */
const defaultsOf = ({ variableDefinitions }: OperationDefinitionNode): Variables =>
  Object.fromEntries(
    (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
    ),
  );
