import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#edge';
import type { MovableClock } from '#engine';
import type { Gateway } from '../../gateway/src/index.js';
import { createSimulator } from '../../simulator/src/index.js';
import { demoOrganisations } from './demo.js';

export const simulatorStateFile = 'simulator.json';

type Simulated = {
  readonly config: Config;
  readonly clock: MovableClock;
  readonly gateway: Gateway;
  readonly webhookUrl: () => string;
  readonly onClockMoved: () => Promise<void>;
};

/** Puts Meta's double and the phones behind the gateway's own server. */
export const addSimulator = async (simulated: Simulated): Promise<void> => {
  const { config, clock, gateway, webhookUrl, onClockMoved } = simulated;
  const { appSecret, verifyToken, accessToken } = config.whatsapp;
  const simulator = createSimulator({
    clock,
    onClockMoved,
    stateFile: join(config.dataDirectory, simulatorStateFile),
    appSecret,
    verifyToken,
    accessToken,
    webhookUrl,
    sms: null,
    numbers: demoOrganisations.map(({ name, number }) => ({ ...number, organisationName: name })),
  });
  const fastify: FastifyInstance = gateway.app.getHttpAdapter().getInstance();
  await simulator.register(fastify);
  // Whoever opens the printed address in a browser looks for something to see.
  fastify.get('/', (_, reply) => reply.redirect('/simulator'));
};
