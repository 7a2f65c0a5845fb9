export { canonicalJson } from './canonical-json.js';
export {
  openFollowersBeside,
  openFollowersToAsk,
  openViewsSnapshot,
  type ViewsSnapshot,
} from './embedded/beside.js';
export type {
  AskedOf,
  Asking,
  EventToReplay,
  NamedItem,
  ReplayTally,
  StandingItem,
} from './followers/calls.js';
export {
  compare,
  compareAll,
  digest,
  type TableComparison,
  type ViewsComparison,
  type ViewsDifference,
  type ViewsDigest,
} from './digest.js';
export {
  OtherFingerprint,
  StoreLimitReached,
  ViewsInUse,
  ViewsUnreadable,
} from './database/errors.js';
export { followersFile, viewsFile } from './embedded/files.js';
export { removeDatabase } from './embedded/swap.js';
export { openEmbeddedViews, type EmbeddedViews, type OpenEmbeddedViews } from './embedded/open.js';
export { type ParkedRow } from './fold.js';
export { parkedId } from './parked-id.js';
export { hasKey, partName, partNames, stableHash, whole, type Part } from './part.js';
export { MemoryViews } from './memory-views.js';
export * from './page.js';
export * from './port.js';
export { Projector, streamPrefixes, type ProjectorOptions } from './projector.js';
export { fingerprint } from './read-model.js';
export { type BuildOptions, type RebuildProgress, type Review } from './builder.js';
export { rebuild, type RebuildOptions } from './rebuild.js';
export { rebuildBeside, type RebuildBeside } from './rebuild-beside.js';
export { RowInvalid, TableInvalid } from './table-shape.js';
export {
  openPostgresFollowers,
  openPostgresFollowersBeside,
  openPostgresFollowersToAsk,
} from './postgres/followers.js';
export type { FollowersAsked, FollowersBeside } from './followers/beside-port.js';
export { examinePostgres, readPostgresViews, type PostgresServerSeen } from './postgres/beside.js';
export { VIEWS } from './tokens.js';
export { openPostgresViews, type OpenPostgresViews, type PostgresViews } from './postgres/open.js';
export { rebuildPostgresViews, type PostgresRebuild } from './postgres/rebuild.js';
