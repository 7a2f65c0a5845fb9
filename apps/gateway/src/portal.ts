import type { DynamicModule } from '@nestjs/common';
import { PortalInbox, PortalThreads } from '#conversations';
import { Cursors, portalUrlOf, type Config, type Log, type Metrics } from '#edge';
import { HISTORY, type History } from '#engine';
import { OrganisationDirectory, OrganisationsModule } from '#organisations';
import { PORTAL_LIMITS, PortalModule, type PortalSettings } from '#portal';
import { portalConversations } from './portal-conversations.js';

/** How customers reach the portal is configured; where we listen does not matter to it. */
export const portalSettings = (config: Config, log: Log, metrics: Metrics): PortalSettings => ({
  isHttps: portalUrlOf(config, config.port).startsWith('https:'),
  origin: config.portalUrl === null ? null : new URL(config.portalUrl).origin,
  log,
  metrics,
  limits: PORTAL_LIMITS,
});

/** The pages under /p, over the conversations of the very module that the gateway stands on. */
export const portalPages = (
  settings: PortalSettings,
  conversations: DynamicModule,
): DynamicModule =>
  PortalModule.with({
    settings,
    imports: [conversations, OrganisationsModule],
    inject: [PortalThreads, PortalInbox, OrganisationDirectory, Cursors, HISTORY],
    useFactory: (
      threads: PortalThreads,
      inbox: PortalInbox,
      organisations: OrganisationDirectory,
      cursors: Cursors,
      history: History,
    ) => portalConversations({ threads, inbox, organisations, cursors, history }),
  });
