import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#edge';
import type { MovableClock } from '#engine';
import type { Gateway } from '../../gateway/src/index.js';
import { createSimulator, type SimulatorOptions } from '../../simulator/src/index.js';
import { demoOrganisations } from './demo.js';

export const simulatorStateFile = 'simulator.json';

type Simulated = {
  readonly config: Config;
  readonly clock: MovableClock;
  readonly gateway: Gateway;
  readonly webhookUrl: () => string;
  /** The address that Twilio's double signs for, and posts to. */
  readonly smsInboundUrl: () => string;
  readonly onClockMoved: () => Promise<void>;
};

/** Puts the providers' doubles and the phones behind the gateway's own server. */
export const addSimulator = async (simulated: Simulated): Promise<void> => {
  const { config, clock, gateway, webhookUrl, smsInboundUrl, onClockMoved } = simulated;
  const { appSecret, verifyToken, accessToken } = config.whatsapp;
  const simulator = createSimulator({
    clock,
    onClockMoved,
    stateFile: join(config.dataDirectory, simulatorStateFile),
    appSecret,
    verifyToken,
    accessToken,
    webhookUrl,
    sms: smsOf(config, smsInboundUrl),
    numbers: demoOrganisations.map(({ name, number }) => ({ ...number, organisationName: name })),
    templates: approvedTemplates(),
  });
  const fastify: FastifyInstance = gateway.app.getHttpAdapter().getInstance();
  await simulator.register(fastify);
  // Whoever opens the printed address in a browser looks for something to see.
  fastify.get('/', (_, reply) => reply.redirect('/simulator'));
};

/** What WhatsApp has approved of the demo's templates: its double knows them, as Meta does. */
const approvedTemplates = (): SimulatorOptions['templates'] =>
  demoOrganisations.flatMap(({ number: { businessAccountId }, templates }) =>
    templates
      .filter(({ verdict }) => verdict === 'APPROVED')
      .map(({ name, language, category, body }) => {
        return { businessAccountId, name, language, category, body };
      }),
  );

/** Twilio's double: the account that is configured, with the numbers of the demo. */
const smsOf = ({ sms }: Config, inboundUrl: () => string): SimulatorOptions['sms'] =>
  sms && {
    accountSid: sms.accountSid,
    authToken: sms.authToken,
    numbers: demoOrganisations.flatMap(({ name, smsNumber }) =>
      smsNumber === null ? [] : [{ number: smsNumber, organisationName: name }],
    ),
    inboundUrl,
  };
