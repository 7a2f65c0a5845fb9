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
import type { Gateway } from '../../gateway/src/index.js';
import type { WaysOut } from '../../worker/src/index.js';

/** How messages leave: by the providers that are configured, else by their doubles under `own`. */
export const waysOutOf = (config: Config, { app }: Gateway, own: string): WaysOut => {
  const { whatsapp, sms } = config;
  return {
    whatsApp: {
      addressees: app.get(WhatsAppAddressees),
      templates: app.get(TemplateReader),
      access: {
        graphUrl: whatsapp.graphUrl ?? `${own}/simulator/meta`,
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
        apiUrl: sms.apiUrl ?? `${own}/simulator/twilio`,
        accountSid: sms.accountSid,
        authToken: sms.authToken,
      },
    },
    bridgeTerms: app.get(BridgeTermsReader),
  };
};
