import type { DynamicModule } from '@nestjs/common';
import { AccessModule, Authenticator, type TokenVerifier } from '#access';
import { ConversationsModule, type SmsSettings } from '#conversations';
import { portalUrlOf, publicUrlOf, type Config } from '#edge';
import { MediaModule, createMediaLinks } from '#media';
import { OrganisationDirectory, OrganisationsModule } from '#organisations';
import { PortalCodesModule } from '#portal';
import { PlatformModule } from './platform.module.js';
import type { Platform } from './platform.js';
import { principalDirectory } from './principals.js';

export type Business = {
  /** Nest tells modules apart by the object: whoever stands on the conversations stands on this one. */
  readonly conversations: DynamicModule;
  /** Everything that decides, and what that stands on, `conversations` among it. */
  readonly modules: readonly DynamicModule[];
};

/** The business libs over a platform. `port`: where this process listens, 0 before it does. */
export const businessOn = (
  platform: Platform,
  tokens: TokenVerifier,
  port: () => number,
): Business => {
  const { config, secretFor } = platform;
  const conversations = ConversationsModule.with(smsSettings(config, port));
  const links = createMediaLinks({
    secret: secretFor('media links'),
    baseUrl: () => publicUrlOf(config, port()),
    wallClock: Date.now,
  });
  const modules = [
    PlatformModule.of(platform),
    AccessModule.with({
      imports: [OrganisationsModule],
      inject: [OrganisationDirectory],
      useFactory: (organisations: OrganisationDirectory) =>
        new Authenticator(tokens, principalDirectory(organisations)),
    }),
    PortalCodesModule.with({ key: secretFor('portal') }),
    MediaModule.with({ store: platform.media, links }),
    conversations,
  ];
  return { conversations, modules };
};

const smsSettings = (config: Config, port: () => number): SmsSettings => ({
  isOn: config.sms !== null,
  portalAddress: () => portalUrlOf(config, port()).replace(/^https?:\/\//, ''),
  statusUrl: () => `${publicUrlOf(config, port())}/webhooks/sms/status`,
});
