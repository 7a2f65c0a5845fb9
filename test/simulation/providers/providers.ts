import type { Deliveries } from './deliveries.js';
import type { Ledger } from './ledger.js';
import { TwilioDouble } from './twilio.js';
import { WhatsAppDouble } from './whatsapp.js';
import type { Wire } from './wire.js';

export type Providers = {
  readonly whatsApp: WhatsAppDouble;
  readonly twilio: TwilioDouble;
};

export const providersOver = (wire: Wire, ledger: Ledger, deliveries: Deliveries): Providers => ({
  whatsApp: new WhatsAppDouble(wire, ledger, deliveries),
  twilio: new TwilioDouble(wire, ledger, deliveries),
});
