import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Controller, Module, Post, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, GraphQLSchemaHost } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule, Authenticator, createLocalIssuer, createTokenVerifier, Open } from '#access';
import type { LocalIssuer, Principal } from '#access';
import { createInputPipe } from '../graphql/input.js';
import { GRAPHQL_LIMITS } from '../graphql/limits.js';
import type { GraphqlLimits } from '../graphql/limits.js';
import { createGraphqlOptions } from '../graphql/options.js';
import { createHttpAdapter } from '../http/adapter.js';
import type { FastifyInstance } from '../http/fastify.js';
import { createLog, nestLog } from '../http/log.js';
import { Metrics } from '../http/metrics.js';
import { registerProcessMetrics } from '../http/process-metrics.js';
import { Readiness } from '../http/readiness.js';
import type { Check } from '../http/readiness.js';
import { SOCKET_LIMITS } from '../socket/options.js';
import type { SocketLimits } from '../socket/options.js';
import { serveSubscriptions } from '../socket/server.js';
import type { SubscriptionServer } from '../socket/server.js';
import { STREAM_LIMITS } from '../stream/options.js';
import type { StreamLimits } from '../stream/options.js';
import { serveStreams } from '../stream/server.js';
import type { StreamServer } from '../stream/server.js';
import { FixtureMutations, FixtureQueries, FixtureSubscriptions, FixtureWho } from './resolvers.js';

@Controller('webhooks/fixture')
class FixtureWebhooks {
  @Post()
  @Open('a test of raw bodies')
  receive(@Req() request: { readonly body: unknown; readonly rawBody?: Buffer }): object {
    const { body, rawBody } = request;
    return { isRaw: Buffer.isBuffer(body), bytes: rawBody?.length, text: rawBody?.toString() };
  }
}

export type Fixture = {
  readonly application: NestFastifyApplication;
  readonly url: string;
  readonly webSocketUrl: string;
  readonly subscriptions: SubscriptionServer;
  readonly streams: StreamServer;
  readonly readiness: Readiness;
  /** Members by subject; a test changes them as it likes. */
  readonly members: Map<string, Principal>;
  readonly logged: () => string;
  readonly token: (sub: string, expiresInSeconds?: number) => Promise<string>;
  readonly post: (body: unknown, options?: PostOptions) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

type PostOptions = { readonly as?: string; readonly headers?: Record<string, string> };
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: { readonly [name: string]: unknown } | null | undefined;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: { readonly [name: string]: unknown };
  }[];
  readonly extensions: { readonly cost?: object };
};

export const codeOf = ({ errors }: Answer): unknown => errors[0]?.extensions['code'];
export const fieldOf = ({ errors }: Answer): unknown => errors[0]?.extensions['field'];

const member = (id: string, ...capabilities: readonly string[]): Principal => ({
  kind: 'staff',
  id,
  organisationId: 'acme',
  capabilities: new Set(capabilities),
  name: id,
});

const threeMembers = () =>
  new Map([
    ['viewer', member('viewer', 'messages.view')],
    ['agent', member('agent', 'messages.view', 'messages.send')],
    ['manager', member('manager', 'messages.view', 'messages.send', 'messages.tier.manage')],
  ]);

const findIn = (members: ReadonlyMap<string, Principal>) => ({
  find: async (organisation: string, subject: string) =>
    organisation === 'acme' ? (members.get(subject) ?? null) : null,
});

export const ORIGIN = 'https://inbox.test';

type Changes = {
  readonly socketLimits?: Partial<SocketLimits>;
  readonly streamLimits?: Partial<StreamLimits>;
  readonly limits?: Partial<GraphqlLimits>;
  readonly checks?: readonly Check[];
  readonly introspection?: boolean;
};

/** A small whole application over real HTTP and real WebSockets, with three members. */
export const startFixture = async (changes: Changes = {}): Promise<Fixture> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'casement-edge-'));
  const wallClock = () => Date.now();
  const rules = { issuer: 'casement:test', audience: 'casement', wallClock };
  const issuer = await createLocalIssuer({ dataDirectory, ...rules });
  const members = threeMembers();
  const verify = createTokenVerifier({ keys: issuer.keys, ...rules });
  const authenticator = new Authenticator(verify, findIn(members));
  const [log, logged] = recordingLog();
  const readiness = new Readiness(changes.checks ?? []);
  const metrics = new Metrics();
  registerProcessMetrics(metrics);
  const limits = { ...GRAPHQL_LIMITS, ...changes.limits };
  const introspection = changes.introspection ?? true;
  const graphql = createGraphqlOptions({
    typePaths: [fileURLToPath(new URL('./fixture.graphql', import.meta.url))],
    resolvers: { Refusal: { __resolveType: () => 'PlainRefusal' } },
    authenticator,
    limits,
    introspection,
    log,
  });

  const access = AccessModule.with({ useFactory: () => authenticator });
  const fixtureModule = {
    module: FixtureModule,
    imports: [access, GraphQLModule.forRoot(graphql)],
  };
  const adapter = createHttpAdapter({ isHttps: false, log, metrics, readiness });
  const application = await NestFactory.create<NestFastifyApplication>(fixtureModule, adapter, {
    logger: nestLog(log),
    abortOnError: false,
  });
  application.useGlobalPipes(createInputPipe());
  await application.init();
  const { schema } = application.get(GraphQLSchemaHost);
  const common = { schema, limits, introspection, authenticator, log, wallClock };
  const subscriptions = serveSubscriptions({
    ...common,
    server: application.getHttpServer(),
    allowedOrigins: new Set([ORIGIN]),
    socketLimits: { ...SOCKET_LIMITS, ...changes.socketLimits },
  });
  const streams = serveStreams({
    ...common,
    instance: adapter.getInstance<FastifyInstance>(),
    streamLimits: { ...STREAM_LIMITS, ...changes.streamLimits },
  });
  await application.listen(0, '127.0.0.1');
  const url = (await application.getUrl()).replace('[::1]', 'localhost');
  const token = tokenOf(issuer);
  return {
    application,
    url,
    webSocketUrl: `${url.replace('http', 'ws')}/graphql`,
    subscriptions,
    streams,
    readiness,
    members,
    logged,
    token,
    post: poster(url, token),
    close: async () => {
      await Promise.all([subscriptions.close(), streams.close()]);
      await application.close();
      await rm(dataDirectory, { recursive: true });
    },
  };
};

@Module({
  controllers: [FixtureWebhooks],
  providers: [FixtureQueries, FixtureWho, FixtureMutations, FixtureSubscriptions],
})
class FixtureModule {}

const tokenOf =
  (issuer: LocalIssuer): Fixture['token'] =>
  (sub, expiresInSeconds = 600) =>
    issuer.issue({ sub, org: 'acme', expiresInSeconds });

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

const poster =
  (url: string, token: Fixture['token']): Fixture['post'] =>
  async (body, { as, headers } = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as !== undefined && { authorization: `Bearer ${await token(as)}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const answer = text.startsWith('{') ? JSON.parse(text) : {};
    const { data, errors = [], extensions = {} } = answer;
    return { status: response.status, headers: response.headers, text, data, errors, extensions };
  };
