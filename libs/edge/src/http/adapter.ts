import { STATUS_CODES } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions,
} from './fastify.js';
import { correlated, CORRELATION_HEADER, correlationIdFrom } from './correlation.js';
import { securityHeaders } from './headers.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

export const HTTP_LIMITS = {
  graphqlBodyBytesMax: 256 * 1024,
  webhookBodyBytesMax: 3 * 1024 * 1024,
  /** 4,096 characters of four bytes, each written as %XX, and a little more. */
  formBodyBytesMax: 64 * 1024,
  requestMsMax: 30_000,
} as const;

/** Whatever is posted below here arrives as the very bytes that were sent, whatever they are. */
export const WEBHOOK_PREFIX = '/webhooks/';
/** Pages whose forms are posted by browsers. Nowhere else is a form taken: any site could post one. */
export const PORTAL_PREFIX = '/p/';
/** Of answers whose status tells of the operation, and not only of the transport. */
export const RESPONSE_MEDIA_TYPE = 'application/graphql-response+json';
export const GRAPHQL_PATH = '/graphql';
/** Subscriptions as server-sent events. */
export const STREAM_PATH = '/graphql/stream';

const DURATION_BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

export type HttpOptions = {
  /** Whether clients reach us by https, so that they may be told to insist on it. */
  readonly isHttps: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
};

/**
 * The HTTP server that the applications stand on: body limits by route, raw bodies for webhooks,
 * correlation ids, security headers, one log line and one measurement per request, and the
 * operators' routes /health/live, /health/ready and /metrics.
 */
export const createHttpAdapter = (options: HttpOptions): FastifyAdapter => {
  const adapter = new FastifyAdapter({
    bodyLimit: HTTP_LIMITS.graphqlBodyBytesMax,
    requestTimeout: HTTP_LIMITS.requestMsMax,
    // Behind a proxy the peer is the proxy: no decision may rest on a header that anyone can send.
    trustProxy: false,
    logger: false,
    // An address that cannot be read is refused before any hook runs.
    frameworkErrors: (error: FastifyError, _: FastifyRequest, reply: FastifyReply) =>
      void reply
        .headers(securityHeaders(options))
        .code(error.statusCode ?? 400)
        .send({ statusCode: error.statusCode ?? 400, message: 'Bad Request' }),
  });
  const instance = adapter.getInstance<FastifyInstance>();
  addHooks(instance, options);
  addParsers(adapter);
  addOperatorRoutes(instance, options);
  letGoWhenClosing(instance);
  return adapter;
};

/**
 * Closing waits for every connection. One that was answering just then is kept alive by its client
 * for a minute and more: once the server closes, each is let go after its answer.
 */
const letGoWhenClosing = (instance: FastifyInstance): void => {
  let isClosing = false;
  instance.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  instance.addHook('onSend', async (_, reply) => {
    if (isClosing) void reply.header('connection', 'close');
  });
  instance.addHook('onResponse', async () => {
    // For what had sent its headers before: it is idle as soon as this turn is over.
    if (isClosing) setImmediate(() => instance.server.closeIdleConnections());
  });
};

const addHooks = (instance: FastifyInstance, { isHttps, log, metrics }: HttpOptions): void => {
  const headers = securityHeaders({ isHttps });
  const duration = metrics.histogram(
    'http_server_request_duration_seconds',
    'Time to answer, by route',
    DURATION_BOUNDS_SECONDS,
  );
  instance.addHook('onRoute', (route) => limitRoute(route, log));
  instance.addHook('onRequest', (request, reply, done) => {
    const id = correlationIdFrom(request.headers[CORRELATION_HEADER]);
    void reply.headers({ ...headers, [CORRELATION_HEADER]: id });
    correlated(id, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    // The pattern, never the address: that may hold an id, a code or a cursor.
    const route = request.routeOptions.url ?? 'unknown';
    const status = reply.statusCode;
    duration.observe({ method, route, status: `${status}` }, reply.elapsedTime / 1000);
    const correlationId = reply.getHeader(CORRELATION_HEADER);
    const ms = Math.round(reply.elapsedTime);
    log.info({ method, route, status, ms, correlationId }, 'answered');
    done();
  });
};

const limitRoute = (route: RouteOptions, log: Log): void => {
  if (route.url.startsWith(WEBHOOK_PREFIX)) {
    route.bodyLimit = HTTP_LIMITS.webhookBodyBytesMax;
    route.errorHandler = (error, _, reply) => answerSender(error, reply, log);
  }
  if (route.url === GRAPHQL_PATH || route.url === STREAM_PATH)
    route.errorHandler = (error, request, reply) => answerInGraphql(error, request, reply, log);
};

/** A delivery that could not be read: in the shape of everything else that a webhook answers. */
const answerSender = (error: FastifyError, reply: FastifyReply, log: Log): void => {
  const statusCode = error.statusCode ?? 500;
  if (statusCode >= 500) log.error({ error }, 'a delivery could not be read');
  const message =
    statusCode === 413
      ? `The body is larger than ${HTTP_LIMITS.webhookBodyBytesMax} bytes.`
      : (STATUS_CODES[statusCode] ?? 'Bad Request');
  void reply.code(statusCode).send({ statusCode, message });
};

/** A request that never reached GraphQL is still answered in its terms. */
const answerInGraphql = (
  error: FastifyError,
  { headers }: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): void => {
  const status = error.statusCode ?? 500;
  if (status >= 500) log.error({ error }, 'a request could not be read');
  const correlationId = reply.getHeader(CORRELATION_HEADER);
  const [code, message] =
    status === 413
      ? ['LIMIT_EXCEEDED', `The body is larger than ${HTTP_LIMITS.graphqlBodyBytesMax} bytes.`]
      : status < 500
        ? ['BAD_USER_INPUT', 'The body is no JSON object with a query in it.']
        : ['INTERNAL', 'Something went wrong on our side.'];
  const extensions = { code, ...(status < 500 ? { field: 'body' } : { correlationId }) };
  const isNewer = headers.accept?.includes(RESPONSE_MEDIA_TYPE) ?? false;
  if (isNewer) void reply.type(`${RESPONSE_MEDIA_TYPE}; charset=utf-8`);
  void reply.code(status).send({ errors: [{ message, extensions }] });
};

type Done = (error: Error | null, body?: unknown) => void;

const addParsers = (adapter: FastifyAdapter): void => {
  const json = adapter.getInstance<FastifyInstance>().getDefaultJsonParser('error', 'error');
  const rawOr =
    (parse: (request: FastifyRequest, body: Buffer, done: Done) => void) =>
    (request: FastifyRequest, body: Buffer, done: Done): void =>
      request.url.startsWith(WEBHOOK_PREFIX) ? done(null, body) : parse(request, body, done);

  adapter.useBodyParser(
    'application/json',
    true,
    {},
    rawOr((request, body, done) => void json(request, body.toString('utf8'), done)),
  );
  adapter.useBodyParser(
    'text/plain',
    true,
    {},
    rawOr((_, body, done) => done(null, body.toString('utf8'))),
  );
  adapter.useBodyParser(
    'application/x-www-form-urlencoded',
    true,
    { bodyLimit: HTTP_LIMITS.formBodyBytesMax },
    rawOr(({ url }, body, done) =>
      url.startsWith(PORTAL_PREFIX) ? done(null, body.toString('utf8')) : unsupported(done),
    ),
  );
  adapter.useBodyParser(
    '*',
    true,
    {},
    rawOr((_, __, done) => unsupported(done)),
  );
};

/** In the shape of an HTTP error that Nest knows: of any other it would make a 500. */
const unsupported = (done: Done): void => {
  const status = { status: 415, statusCode: 415, expose: true };
  done(Object.assign(new Error('Unsupported Media Type'), status));
};

const addOperatorRoutes = (
  instance: FastifyInstance,
  { metrics, readiness }: HttpOptions,
): void => {
  instance.get('/health/live', (_, reply) => reply.send({ status: 'live' }));
  instance.get('/health/ready', async (_, reply) => {
    const checks = await readiness.ask();
    const isReady = checks.every(({ ok }) => ok);
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  instance.get('/metrics', async (_, reply) =>
    reply.type(PROMETHEUS_TEXT).send(await metrics.text()),
  );
};
