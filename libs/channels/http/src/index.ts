export {
  CODE_MISSING,
  errorClass,
  errorClasses,
  UNKNOWN_ERROR,
  type ErrorClass,
  type ProviderError,
  type ReasonsByClass,
  type RetryClass,
} from './error-class.js';
export { isPublicAddress } from './addresses.js';
export {
  DownloadInterrupted,
  openDownloads,
  type Download,
  type DownloadOptions,
  type Downloads,
  type Forbidden,
} from './download.js';
export {
  exchange,
  openConnections,
  type Answer,
  type CallTerms,
  type ConnectionOptions,
  type Connections,
  type Exchange,
  type HttpRequest,
} from './exchange.js';
export { at, isList, listAt, nestingDepth, textAt } from './json-access.js';
export { notDone, parseJson, type FailureWords, type NotDone, type Refused } from './outcome.js';
