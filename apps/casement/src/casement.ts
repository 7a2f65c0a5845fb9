import { join } from 'node:path';
import { CommandBus } from '@nestjs/cqrs';
import { createLocalIssuer } from '#access';
import { portOf, publicUrlOf, type Config, type Log } from '#edge';
import { MovableClock, SystemClock } from '#engine';
import { SmsAddresses, WhatsAppAddresses } from '#organisations';
import { openPlatform, type Platform, type Running } from '#platform';
import { createGateway, tokensOf, type Gateway } from '../../gateway/src/index.js';
import { keptClock } from '../../simulator/src/index.js';
import { createWorker, waysOutOf, type Doubles, type Worker } from '../../worker/src/index.js';
import { setUpDemo } from './demo.js';
import { writeDemoFile } from './demo-file.js';
import { addFailpoints } from './failing.js';
import { addSimulator, simulatorStateFile } from './simulated.js';

/** After the clock was moved, whoever moved it may read what came of it. */
const viewsFollowWithinMs = 5_000;

export type Casement = {
  readonly url: string;
  /** Where a client of the demo finds its tokens; null when nothing is simulated. */
  readonly demoFile: string | null;
  readonly gateway: Gateway;
  readonly worker: Worker;
  readonly platform: Platform;
};

/** Everything in one process: gateway, worker and, unless it is switched off, the simulator. */
export const startCasement = async (config: Config, log: Log): Promise<Casement> => {
  const clock = domainClock(config);
  const platform = await openPlatform(config, clock, log);
  const issuer = await createLocalIssuer({ ...config.auth, ...config, wallClock: Date.now });
  const gateway = await createGateway(platform, tokensOf(config, issuer));
  const commands = gateway.app.get(CommandBus);
  const own = loopbackUrl(config, gateway);
  let worker: Worker | null = null;
  if (config.isSimulated) {
    const addresses = {
      whatsApp: gateway.app.get(WhatsAppAddresses),
      sms: gateway.app.get(SmsAddresses),
    };
    await setUpDemo(commands, addresses, clock);
    const webhookUrl = () => `${own()}/webhooks/whatsapp`;
    const smsInboundUrl = () => `${publicUrlOf(config, portOf(gateway.app))}/webhooks/sms`;
    const onClockMoved = async () => {
      if (worker) await settled(worker, platform);
    };
    await addSimulator({ config, clock, gateway, webhookUrl, smsInboundUrl, onClockMoved });
  }
  if (config.failpoint !== null) addFailpoints(gateway, platform.failpoints);
  await gateway.app.listen(config.port, config.host);
  // The simulator's address is known only now.
  const doubles = config.isSimulated ? doublesAt(own()) : null;
  const waysOut = waysOutOf(config, gateway.app, doubles);
  worker = createWorker(platform, commands, waysOut, gateway.metrics);
  worker.start();
  const url = publicUrlOf(config, portOf(gateway.app));
  const demoFile = config.isSimulated ? await writeDemoFile(config, issuer, url) : null;
  return { url, demoFile, gateway, worker, platform };
};

/** The same, as the life of a process needs it. */
export const runCasement = async (config: Config, log: Log): Promise<Running> => {
  const casement = await startCasement(config, log);
  return {
    greeting: greetingOf(casement, config),
    drain: () => casement.gateway.readiness.drain(),
    closers: closersOf(casement),
  };
};

const greetingOf = ({ url, demoFile }: Casement, { dataDirectory }: Config): readonly string[] => [
  `Casement is up at ${url}`,
  ...(demoFile === null
    ? []
    : [
        `  simulated phone and clock  ${url}/simulator`,
        `  GraphQL                    ${url}/graphql`,
        `  tokens and numbers         ${demoFile}`,
      ]),
  `  data                       ${dataDirectory}`,
];

/**
 * In the order in which they are to be ended: the followers first, while what they call (the
 * simulator is one of them) still answers, then the doors, then what everything stands on.
 */
export const closersOf = ({ gateway, worker, platform }: Casement) => [
  { name: 'worker', close: () => worker.close() },
  { name: 'gateway', close: () => gateway.close() },
  { name: 'platform', close: () => platform.close() },
];

/** Domain time is the wall's, moved as far as an earlier run of the simulator has moved it. */
const domainClock = (config: Config): MovableClock => {
  const stateFile = join(config.dataDirectory, simulatorStateFile);
  const kept = config.isSimulated ? keptClock(stateFile) : null;
  return new MovableClock(new SystemClock(), kept ?? { offsetMs: 0, frozenAtMs: null });
};

/** How this process reaches itself, once it listens. */
const loopbackUrl =
  ({ host }: Config, gateway: Gateway) =>
  (): string => {
    const own = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
    return `http://${own.includes(':') ? `[${own}]` : own}:${portOf(gateway.app)}`;
  };

/** The simulator's, which this process serves. */
const doublesAt = (own: string): Doubles => ({
  graphUrl: `${own}/simulator/meta`,
  twilioUrl: `${own}/simulator/twilio`,
});

/** Everything that is due has been decided, and the views show it. */
const settled = async ({ runtime }: Worker, { log, views }: Platform): Promise<void> => {
  await runtime.settled();
  const head = await log.head();
  if (head !== null) await views.reached(head, viewsFollowWithinMs);
};
