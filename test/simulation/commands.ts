import { CommandBus } from '@nestjs/cqrs';
import { ModuleRef } from '@nestjs/core';
import { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { Identities, MeetContact, MergeContacts, SmsContacts } from '#contacts';
import {
  BridgeTermsReader,
  ConversationEnvelopeHandler,
  InboundEnvelopeHandler,
  InboundSmsEnvelopeHandler,
  PortalInbox,
  SmsAddressBook,
  SmsTrail,
  TemplateReader,
  WhatsAppAddressees,
} from '#conversations';
import {
  Acquaintances,
  ConversationPlaces,
  MessagePrints,
  Requests,
  SmsConsents,
  SmsPlaces,
  SmsReceipts,
} from '#conversations/spec';
import type { Chance, Clock, Decides, Fingerprints } from '#engine';
import {
  OrganisationDirectory,
  OrganisationEnvelopeHandler,
  SmsAddresses,
  WhatsAppAddresses,
} from '#organisations';
import { PortalCodes } from '#portal';
import { TemplateEnvelopeHandler, TemplateNamesEnvelopeHandler } from '#templates';
import { smsSettings } from './business.js';

export type CommandPorts = {
  readonly decisions: Decides;
  readonly fingerprints: Fingerprints;
  readonly clock: Clock;
  readonly chance: Chance;
};

/** The bus asks modules for handlers that are made for each request: there are none. */
const noModule = Object.create(ModuleRef.prototype) as ModuleRef;

/** Everything that decides, put together as Nest does it, but anew for each life of a process. */
export const commandsOver = ({ decisions, fingerprints, clock, chance }: CommandPorts) => {
  const bus = new CommandBus(noModule);
  const identities = new Identities(decisions, fingerprints);
  const contacts = new MeetContact(decisions, identities, chance);
  const mergers = new MergeContacts(decisions, identities, chance);
  const smsContacts = new SmsContacts(decisions);
  const organisations = new OrganisationDirectory(decisions);
  const addresses = {
    whatsApp: new WhatsAppAddresses(decisions, fingerprints),
    sms: new SmsAddresses(decisions, fingerprints),
  };
  const bridgeTerms = new BridgeTermsReader(decisions, chance, smsSettings);
  const portalCodes = new PortalCodes(decisions, fingerprints, clock, chance, 'portal key');
  const meeting = new Acquaintances(contacts, mergers, portalCodes, decisions);
  const places = new SmsPlaces(addresses.sms, contacts, meeting);
  const receipts = new SmsReceipts(places, smsContacts, bridgeTerms, fingerprints, bus);
  const consents = new SmsConsents(smsContacts, decisions);
  const prints = new MessagePrints(decisions, fingerprints);
  register(
    bus,
    new OrganisationEnvelopeHandler(decisions),
    new TemplateEnvelopeHandler(decisions),
    new TemplateNamesEnvelopeHandler(decisions),
    new ConversationEnvelopeHandler(decisions),
    new InboundEnvelopeHandler(addresses.whatsApp, meeting, bridgeTerms, prints, bus),
    new InboundSmsEnvelopeHandler(places, receipts, consents, prints, bus),
  );
  return {
    bus,
    addresses,
    bridgeTerms,
    portalCodes,
    addressees: new WhatsAppAddressees(contacts, organisations, fingerprints),
    addressBook: new SmsAddressBook(
      contacts,
      organisations,
      portalCodes,
      fingerprints,
      smsSettings,
    ),
    templates: new TemplateReader(decisions),
    trail: new SmsTrail(smsContacts, organisations, portalCodes),
    portalInbox: new PortalInbox(bus, decisions, fingerprints, clock, chance),
    requests: new Requests(bus, new ConversationPlaces(decisions), bridgeTerms, clock, chance),
  };
};

const register = (bus: CommandBus, ...handlers: readonly object[]): void =>
  bus.register(
    handlers.map(
      (instance) =>
        new InstanceWrapper({
          metatype: instance.constructor as never,
          instance: instance as never,
        }),
    ),
  );
