export { canonicalJson } from './canonical-json.js';
export { OtherFingerprint, StoreLimitReached, ViewsInUse } from './embedded/errors.js';
export { openEmbeddedViews, type EmbeddedViews } from './embedded/open.js';
export * from './port.js';
export { fingerprint } from './read-model.js';
export { RowInvalid, TableInvalid } from './table-shape.js';
