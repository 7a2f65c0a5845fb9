export { openEmbeddedMedia, type EmbeddedMediaOptions } from './embedded/media-store.js';
export {
  createMediaLinks,
  mediaLinkMsMax,
  mediaLinkMsMin,
  type MediaLinks,
  type MediaLinksOptions,
} from './links.js';
export { derivedMediaKey, parseMediaKey, type MediaKey } from './media-key.js';
export { MediaModule } from './media.module.js';
export {
  MediaDamaged,
  type KeptFile,
  type MediaPlace,
  type MediaStore,
  type Put,
  type StoredFile,
} from './port.js';
export { contentDisposition, fileNameOf, type NamedFile } from './serving/disposition.js';
export { readRange, type ByteRange } from './serving/range.js';
export { MEDIA_LINKS, MEDIA_STORE } from './tokens.js';
export type { FileClaim, FileRefusal } from './types/judge.js';
export { mediaBytesMax, type MediaKind } from './types/kinds.js';
