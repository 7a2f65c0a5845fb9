import type { CommandBus } from '@nestjs/cqrs';
import {
  commandId,
  instant,
  memberId,
  numberId,
  organisationId,
  type CommandContext,
  type OrganisationId,
} from '#kernel';
import { partOf, type Clock } from '#engine';
import {
  OrganisationEnvelope,
  type OrganisationCommand,
  type SmsAddresses,
  type WhatsAppAddresses,
} from '#organisations';
import {
  acmeTemplates,
  northwindTemplates,
  setUpTemplates,
  type DemoTemplate,
} from './demo-templates.js';

type DemoMember = {
  readonly id: string;
  readonly kind: 'staff' | 'ai' | 'embedded' | 'api';
  readonly name: string;
  readonly capabilities: readonly string[];
};

export type DemoNumber = {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly businessAccountId: string;
  readonly displayPhoneNumber: string;
};

export type DemoOrganisation = {
  readonly id: OrganisationId;
  readonly name: string;
  readonly number: DemoNumber;
  /** E.164; null for a business that sends no SMS. */
  readonly smsNumber: string | null;
  readonly members: readonly DemoMember[];
  readonly templates: readonly DemoTemplate[];
};

const view = 'messages.view';
const send = 'messages.send';

/** The business of the demo: its numbers are from the range that Ofcom keeps for stories. */
export const acmeMotors: DemoOrganisation = {
  id: organisationId('acmemotors'),
  name: 'AcmeMotors',
  number: {
    id: 'acmenumber',
    phoneNumberId: '106540352242922',
    businessAccountId: '102290129340398',
    displayPhoneNumber: '+44 7700 900123',
  },
  smsNumber: '+447700900800',
  members: [
    {
      id: 'manager',
      kind: 'staff',
      name: 'Maya',
      capabilities: [view, send, 'messages.tier.manage'],
    },
    { id: 'agent', kind: 'staff', name: 'Tom', capabilities: [view, send] },
    { id: 'viewer', kind: 'staff', name: 'Vera', capabilities: [view] },
    { id: 'embedded', kind: 'embedded', name: 'Embedded inbox', capabilities: [view, send] },
  ],
  templates: acmeTemplates,
};

/** Another business, so that one can see that neither sees the other. */
export const otherOrganisation: DemoOrganisation = {
  id: organisationId('northwind'),
  name: 'Northwind Bikes',
  number: {
    id: 'northnumber',
    phoneNumberId: '106540352242999',
    businessAccountId: '102290129340399',
    displayPhoneNumber: '+44 7700 900456',
  },
  smsNumber: null,
  members: [{ id: 'agent', kind: 'staff', name: 'Nora', capabilities: [view, send] }],
  templates: northwindTemplates,
};

export const demoOrganisations = [acmeMotors, otherOrganisation] as const;

type DemoAddresses = { readonly whatsApp: WhatsAppAddresses; readonly sms: SmsAddresses };

/** Sets the demo up; what is there already stays as it is. */
export const setUpDemo = async (
  commands: CommandBus,
  addresses: DemoAddresses,
  clock: Clock,
): Promise<void> => {
  for (const organisation of demoOrganisations)
    await setUp(organisation, commands, addresses, instant(clock.now()));
};

const setUp = async (
  { id, name, number, smsNumber, members, templates }: DemoOrganisation,
  commands: CommandBus,
  addresses: DemoAddresses,
  at: ReturnType<typeof instant>,
): Promise<void> => {
  const context = demoContext(id, at);
  const ask = (part: string, command: OrganisationCommand, subject: string | null) =>
    commands.execute(new OrganisationEnvelope(id, command, partOf(context, part, subject)));
  const { id: plainNumber, ...connected } = number;
  await ask('found', { type: 'Found', at, name }, null);
  const connect = {
    type: 'ConnectNumber',
    at,
    numberId: numberId(plainNumber),
    ...connected,
  } as const;
  await ask('number', connect, null);
  for (const { id: member, ...rest } of members) {
    const add = { type: 'AddMember', at, memberId: memberId(member), ...rest } as const;
    await ask(`member-${member}`, add, `member-${member}`);
  }
  const owner = { organisationId: id, numberId: numberId(plainNumber) };
  await addresses.whatsApp.assign(number.phoneNumberId, owner, partOf(context, 'address', null));
  await setUpTemplates(commands, context, number.businessAccountId, templates);
  if (smsNumber === null) return;
  const connectSms = { type: 'ConnectSmsNumber', at, smsNumber, numberId: owner.numberId } as const;
  await ask('sms-number', connectSms, null);
  await addresses.sms.assign(smsNumber, owner, partOf(context, 'sms-address', null));
};

const demoContext = (organisation: OrganisationId, at: CommandContext['at']): CommandContext => ({
  commandId: commandId(`demo-${organisation}`),
  correlationId: `demo-${organisation}`,
  causationId: null,
  organisationId: organisation,
  actor: { kind: 'system', id: 'demo' },
  capability: null,
  at,
  subject: null,
  basis: [],
});
