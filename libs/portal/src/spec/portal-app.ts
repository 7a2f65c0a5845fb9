import 'reflect-metadata';
import { Writable } from 'node:stream';
import { Controller, Get, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  commandId,
  contactId,
  conversationId,
  instant,
  organisationId,
  threadId,
  type CommandContext,
} from '#kernel';
import { AccessModule, Authenticator, InvalidToken, SignedIn } from '#access';
import { createHttpAdapter, createLog, Metrics, nestLog, Readiness } from '#edge';
import {
  CHANCE,
  CLOCK,
  Decisions,
  DECIDES,
  decisionLimits,
  FINGERPRINTS,
  MovableClock,
  SystemChance,
  SystemClock,
  SystemTimer,
  TIMER,
  type Timer,
} from '#engine';
import { createEventLog, createMemoryEventStore, createMemoryKeyRing } from '#event-store';
import { PortalCodes, type PortalCodeWish } from '../commands/portal-codes.js';
import { portalCatalogue, type PortalThread } from '../domain/events.js';
import { PORTAL_LIMITS, type PortalLimits } from '../http/settings.js';
import { PortalCodesModule, PortalModule } from '../portal.module.js';
import { MemoryConversations } from './memory-conversations.js';

export const portalKey = 'the portal key of the specs';
export const startMs = Date.UTC(2026, 2, 2, 9);

export const threadOf = (name: string, organisation = 'acme'): PortalThread => ({
  organisationId: organisationId(organisation),
  threadId: threadId(name),
  conversationId: conversationId(threadId(name), 1),
  contactId: contactId(`contact${name}`),
});

@Controller('staff')
class StaffRoute {
  @Get()
  @SignedIn()
  secret(): string {
    return 'for staff';
  }
}

/** Waits really, but passes a minute when it is told to. */
class PassingTimer implements Timer {
  passedMs = 0;
  private readonly real = new SystemTimer();
  monotonicMs(): number {
    return this.real.monotonicMs() + this.passedMs;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.real.sleep(ms, signal);
  }
}

const nobody = async (): Promise<never> => {
  throw new InvalidToken('nobody has a token here');
};

const engine = () => {
  const store = createMemoryEventStore({ clock: () => startMs });
  const keys = createMemoryKeyRing();
  const log = createEventLog({ store, keys, catalogues: [portalCatalogue] });
  const clock = new MovableClock(new SystemClock(), { offsetMs: 0, frozenAtMs: startMs });
  const [timer, chance, limits] = [new PassingTimer(), new SystemChance(), decisionLimits];
  const decisions = new Decisions({ log, clock, chance, timer, versionOf: () => 1, limits });
  return { store, keys, clock, timer, chance, decisions };
};

type Engine = ReturnType<typeof engine>;

const platform = ({ keys, clock, timer, chance, decisions }: Engine): DynamicModule => {
  @Module({})
  class SpecPlatform {}
  const providers = [
    { provide: DECIDES, useValue: decisions },
    { provide: CLOCK, useValue: clock },
    { provide: TIMER, useValue: timer },
    { provide: CHANCE, useValue: chance },
    {
      provide: FINGERPRINTS,
      useValue: {
        of: (organisation: string, purpose: string, value: string) =>
          keys.fingerprint(organisation, purpose, value),
      },
    },
  ];
  return { module: SpecPlatform, global: true, providers, exports: providers };
};

export type PortalApp = Awaited<ReturnType<typeof startPortal>>;

/** The portal over real HTTP, with conversations in memory and a clock that stands still. */
export const startPortal = async (
  changes: {
    readonly limits?: Partial<PortalLimits>;
    readonly isHttps?: boolean;
    readonly port?: number;
  } = {},
) => {
  const { isHttps = false } = changes;
  const parts = engine();
  const conversations = new MemoryConversations();
  const [log, logged] = recordingLog();
  const metrics = new Metrics();
  const settings = {
    isHttps,
    origin: null,
    log,
    metrics,
    limits: { ...PORTAL_LIMITS, missesPerAddress: 1_000, missesInAll: 1_000, ...changes.limits },
  };
  @Module({
    imports: [
      platform(parts),
      AccessModule.with({
        useFactory: () => new Authenticator({ verify: nobody }, { find: async () => null }),
      }),
      PortalCodesModule.with({ key: portalKey }),
      PortalModule.with({ settings, useFactory: () => conversations }),
    ],
    controllers: [StaffRoute],
  })
  class PortalApplication {}

  const adapter = createHttpAdapter({ isHttps, log, metrics, readiness: new Readiness([]) });
  const application = await NestFactory.create<NestFastifyApplication>(PortalApplication, adapter, {
    logger: nestLog(log),
    abortOnError: false,
  });
  await application.listen(changes.port ?? 0, '127.0.0.1');
  const codes = application.get(PortalCodes, { strict: false });
  return {
    ...parts,
    application,
    conversations,
    codes,
    logged,
    metrics,
    url: await application.getUrl(),
    issue: (wish: Partial<PortalCodeWish> & { readonly bridgeId: string }) =>
      codes.issue(
        {
          previousBridgeId: null,
          thread: threadOf('thread1'),
          businessName: 'Acme Motors',
          ...wish,
        },
        contextOf(wish, parts.clock.now()),
      ),
    close: () => application.close(),
  };
};

const contextOf = (wish: Partial<PortalCodeWish>, nowMs: number): CommandContext => ({
  commandId: commandId(`issue-${wish.bridgeId}`),
  correlationId: 'spec',
  causationId: null,
  organisationId: wish.thread?.organisationId ?? organisationId('acme'),
  actor: { kind: 'system', id: 'bridge' },
  capability: null,
  at: instant(nowMs),
  subject: null,
  basis: [],
});

const recordingLog = () => {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return [createLog('debug', destination), () => lines.join('')] as const;
};
