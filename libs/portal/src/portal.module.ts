import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
} from '@nestjs/common';
import { PORTAL_KEY, PortalCodes } from './commands/portal-codes.js';
import { PortalDoor } from './http/door.js';
import { LiveStreams } from './http/live-streams.js';
import { PortalPages } from './http/pages.js';
import { PORTAL_CONVERSATIONS, type PortalConversations } from './http/portal-conversations.js';
import { PortalController } from './http/portal.controller.js';
import { ThreadDesk } from './http/thread-desk.js';
import { PORTAL_SETTINGS, type PortalSettings } from './http/settings.js';

/**
 * The codes, for everybody in the process: whoever sends the bridge issues what the pages redeem.
 * `key` must be the same in every process.
 */
@Module({})
export class PortalCodesModule {
  static with({ key }: { readonly key: string }): DynamicModule {
    return {
      module: PortalCodesModule,
      global: true,
      providers: [{ provide: PORTAL_KEY, useValue: key }, PortalCodes],
      exports: [PortalCodes],
    };
  }
}

type PortalOptions = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<PortalConversations>, 'inject' | 'useFactory'> & {
    readonly settings: PortalSettings;
  };

/** The pages under /p; needs the codes. The factory makes the conversations that they show. */
@Module({})
export class PortalModule {
  static with({ settings, imports, ...factory }: PortalOptions): DynamicModule {
    return {
      module: PortalModule,
      imports: imports ?? [],
      controllers: [PortalController],
      providers: [
        { provide: PORTAL_SETTINGS, useValue: settings },
        { provide: PORTAL_CONVERSATIONS, ...factory },
        PortalPages,
        PortalDoor,
        LiveStreams,
        ThreadDesk,
      ],
    };
  }
}
