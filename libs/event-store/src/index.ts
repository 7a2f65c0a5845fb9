export { APPEND_BYTES_MAX } from './append-size.js';
export * from './catalogue.js';
export * from './codec.js';
export { EmbeddedEventStore } from './embedded/event-store.js';
export { EmbeddedKeyRing } from './embedded/key-ring.js';
export { DataDirectoryInUse, isOwned, takeOwnership } from './embedded/owner-lock.js';
export * from './json.js';
export * from './key-ring.js';
export * from './log.js';
export * from './memory/event-store.js';
export * from './memory/key-ring.js';
export * from './open-embedded.js';
export * from './open-eventstoredb.js';
export * from './port.js';
export {
  openPostgresKeys,
  openPostgresKeysBeside,
  type PostgresKeys,
  type OpenPostgresKeys,
} from './postgres/key-ring.js';
export { KeysOfAnotherLog, mustBeOf, type OfLog } from './postgres/of-log.js';
export { parsePosition } from './position.js';
export { TamperedField } from './sealing.js';
export * from './shown.js';
export { WrongKeyEncryptionKey } from './wrapping.js';
