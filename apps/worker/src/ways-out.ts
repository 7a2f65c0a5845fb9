import type { INestApplicationContext } from '@nestjs/common';
import { metaMediaHosts } from '#channels/whatsapp';
import {
  BridgeTermsReader,
  SmsAddressBook,
  SmsTrail,
  TemplateReader,
  WhatsAppAddressees,
} from '#conversations';
import type { Config } from '#edge';
import { WebhookInbox } from '#webhooks';
import type { WaysOut } from './worker.js';

/** Where the providers are reached; `doubles` stand in for those that the configuration leaves out. */
export type Doubles = { readonly graphUrl: string; readonly twilioUrl: string };

/** How messages leave, over an application that has the conversations. */
export const waysOutOf = (
  { whatsapp, sms }: Config,
  app: INestApplicationContext,
  doubles: Doubles | null,
): WaysOut => ({
  whatsApp: {
    addressees: app.get(WhatsAppAddressees),
    templates: app.get(TemplateReader),
    access: {
      graphUrl: addressOf(whatsapp.graphUrl, doubles?.graphUrl),
      version: whatsapp.graphVersion,
      accessToken: whatsapp.accessToken,
      mediaHosts: whatsapp.mediaHosts ?? metaMediaHosts,
    },
  },
  sms: sms && {
    addressBook: app.get(SmsAddressBook),
    trail: app.get(SmsTrail),
    inbox: app.get(WebhookInbox),
    access: {
      apiUrl: addressOf(sms.apiUrl, doubles?.twilioUrl),
      accountSid: sms.accountSid,
      authToken: sms.authToken,
    },
  },
  bridgeTerms: app.get(BridgeTermsReader),
});

/** Outside the simulator the configuration knows every provider. */
const addressOf = (configured: string | null, double: string | undefined): string => {
  const address = configured ?? double;
  if (address === undefined) throw new Error('a provider has no address');
  return address;
};
