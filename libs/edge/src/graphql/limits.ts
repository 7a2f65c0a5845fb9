/**
 * What one operation may ask, over HTTP and over WebSocket. All but its time is checked before
 * anything is executed.
 *
 * Depth counts every field on the way down, `edges` and `node` and the leaf included. The
 * contract's own deepest natural queries, from the inbox down to a quoted message's text or to a
 * template's approvals, have nine; a connection inside a connection's row takes three.
 */
export type GraphqlLimits = {
  readonly tokensMax: number;
  readonly depthMax: number;
  readonly aliasesMax: number;
  readonly directivesMax: number;
  readonly costMax: number;
  readonly pageSizeMax: number;
  /** What a connection is taken to return when neither `first` nor `last` is given. */
  readonly pageSizeDefault: number;
  /** What a list without pages is taken to hold. */
  readonly listSizeAssumed: number;
  /** How many complaints about one document are answered. */
  readonly validationErrorsMax: number;
  /** What the queries of one organisation that are under way at once may cost together. */
  readonly costAtOnceMax: number;
  /** How many of its queries wait for that; one more is told to come again. */
  readonly waitingMax: number;
  /** How long the fields of one query or mutation may take together. */
  readonly operationMsMax: number;
};

export const GRAPHQL_LIMITS: GraphqlLimits = {
  tokensMax: 1_000,
  depthMax: 12,
  aliasesMax: 15,
  directivesMax: 50,
  costMax: 5_000,
  pageSizeMax: 100,
  pageSizeDefault: 20,
  listSizeAssumed: 5,
  validationErrorsMax: 20,
  costAtOnceMax: 10_000,
  waitingMax: 256,
  operationMsMax: 10_000,
};
