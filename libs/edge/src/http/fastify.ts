import type { HttpServer } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Fastify's types as Nest hands them on: the package itself is Nest's dependency and not ours. */
type Parts =
  ReturnType<NestFastifyApplication['getHttpAdapter']> extends HttpServer<
    infer Request,
    infer Reply,
    infer Instance
  >
    ? { readonly request: Request; readonly reply: Reply; readonly instance: Instance }
    : never;

export type FastifyInstance = Parts['instance'];
export type FastifyRequest = Parts['request'];
export type FastifyReply = Parts['reply'];
export type RouteOptions = Parameters<FastifyInstance['route']>[0];
export type FastifyError = Error & { readonly statusCode?: number };
