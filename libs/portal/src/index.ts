export { portalCodeLength } from './commands/code.js';
export {
  PORTAL_KEY,
  PortalCodes,
  type IssuedCode,
  type OpenedVisit,
  type PortalCodeWish,
  type PortalVisit,
} from './commands/portal-codes.js';
export * from './domain/events.js';
export { portalCodeValidMs } from './domain/portal-code.js';
export * from './http/portal-conversations.js';
export * from './http/settings.js';
export * from './portal.module.js';
