import 'reflect-metadata';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, GraphQLSchemaHost } from '@nestjs/graphql';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Authenticator, type TokenVerifier } from '#access';
import {
  GRAPHQL_LIMITS,
  Metrics,
  SOCKET_LIMITS,
  STREAM_LIMITS,
  createGraphqlOptions,
  createHttpAdapter,
  createInputPipe,
  nestLog,
  portOf,
  publicUrlOf,
  registerProcessMetrics,
  serveStreams,
  serveSubscriptions,
  type Config,
  type Readiness,
} from '#edge';
import { businessOn, readinessOf, type Platform } from '#platform';
import type { PortalSettings } from '#portal';
import { MEDIA_LIMITS, MEDIA_SETTINGS, MediaController } from './media.controller.js';
import { portalPages, portalSettings } from './portal.js';
import { SmsWebhooksController } from './sms-webhooks.controller.js';
import { WebhookDoor } from './webhook-door.js';
import {
  WEBHOOK_SETTINGS,
  type SmsWebhookSettings,
  type WebhookSettings,
} from './webhook-settings.js';
import { WhatsAppWebhooksController } from './whatsapp-webhooks.controller.js';

export type Gateway = {
  readonly app: NestFastifyApplication;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** The address that it listens on. */
  readonly url: () => Promise<string>;
  /** Subscribers are sent elsewhere, then nothing is accepted any more. */
  readonly close: () => Promise<void>;
};

@Module({})
class GatewayModule {}

const sdl = fileURLToPath(new URL('../../../libs/*/src/graphql/*.graphql', import.meta.url));

/** GraphQL, webhooks and the operators' routes over a platform; does not listen yet. */
export const createGateway = async (
  platform: Platform,
  tokens: TokenVerifier,
): Promise<Gateway> => {
  const { config, operatorLog: log } = platform;
  const metrics = new Metrics();
  registerProcessMetrics(metrics);
  const readiness = readinessOf(platform);
  const isHttps = config.publicUrl?.startsWith('https:') ?? false;
  const adapter = createHttpAdapter({ isHttps, log, metrics, readiness });
  const { appSecret, appSecretPrevious, verifyToken } = config.whatsapp;
  const appSecrets = appSecretPrevious === null ? [appSecret] : [appSecret, appSecretPrevious];
  // Nothing is posted to us, and nothing is sent, before we listen.
  const port = (): number => portOf(app);
  const sms = smsWebhookSettings(config, () => publicUrlOf(config, port()));
  const settings: WebhookSettings = { appSecrets, verifyToken, sms, metrics, log };
  const app = await NestFactory.create<NestFastifyApplication>(
    gatewayModule(platform, tokens, {
      webhooks: settings,
      portal: portalSettings(config, log, metrics),
      port,
    }),
    adapter,
    { logger: nestLog(log), abortOnError: false },
  );
  app.useGlobalPipes(createInputPipe());
  await app.init();
  const server: Server = app.getHttpServer();
  const common = {
    schema: app.get(GraphQLSchemaHost).schema,
    limits: GRAPHQL_LIMITS,
    introspection: !config.isProduction,
    authenticator: app.get(Authenticator),
    log,
    wallClock: () => Date.now(),
  };
  const allowedOrigins = new Set(config.publicUrl === null ? [] : [config.publicUrl]);
  const sockets = { server, allowedOrigins, socketLimits: SOCKET_LIMITS };
  const subscriptions = serveSubscriptions({ ...common, ...sockets });
  const instance = adapter.getInstance<FastifyInstance>();
  const streams = serveStreams({ ...common, instance, streamLimits: STREAM_LIMITS });
  metrics.gauge(
    'subscription_clients',
    'Open sockets and streams of subscribers',
    () => subscriptions.sockets() + streams.streams(),
  );
  return {
    app,
    readiness,
    metrics,
    url: () => app.getUrl(),
    close: async () => {
      await Promise.all([subscriptions.close(), streams.close()]);
      await app.close();
    },
  };
};

const smsWebhookSettings = (
  { sms }: Config,
  publicUrl: () => string,
): SmsWebhookSettings | null => {
  if (sms === null) return null;
  const { authToken, authTokenPrevious } = sms;
  const authTokens = authTokenPrevious === null ? [authToken] : [authToken, authTokenPrevious];
  return { authTokens, publicUrl };
};

type Settings = {
  readonly webhooks: WebhookSettings;
  readonly portal: PortalSettings;
  /** Where it listens; 0 before it does. */
  readonly port: () => number;
};

const gatewayModule = (
  platform: Platform,
  tokens: TokenVerifier,
  settings: Settings,
): DynamicModule => {
  const { modules, conversations } = businessOn(platform, tokens, settings.port);
  return {
    module: GatewayModule,
    imports: [
      ...modules,
      GraphQLModule.forRootAsync<ApolloDriverConfig>({
        driver: ApolloDriver,
        inject: [Authenticator],
        useFactory: (authenticator: Authenticator) =>
          createGraphqlOptions({
            typePaths: [sdl],
            resolvers: {},
            authenticator,
            limits: GRAPHQL_LIMITS,
            introspection: !platform.config.isProduction,
            log: platform.operatorLog,
          }),
      }),
      portalPages(settings.portal, conversations),
    ],
    controllers: [WhatsAppWebhooksController, SmsWebhooksController, MediaController],
    providers: [
      WebhookDoor,
      { provide: WEBHOOK_SETTINGS, useValue: settings.webhooks },
      {
        provide: MEDIA_SETTINGS,
        useValue: { log: platform.operatorLog, limits: MEDIA_LIMITS },
      },
    ],
  };
};
