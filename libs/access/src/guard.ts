import {
  createParamDecorator,
  ForbiddenException,
  Inject,
  Injectable,
  Module,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type {
  CanActivate,
  DynamicModule,
  ExecutionContext,
  FactoryProvider,
  ModuleMetadata,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { GqlContextType } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { Authenticator } from './authenticator.js';
import type { Authentication } from './authenticator.js';
import { CapabilityRefusals } from './capability-refusals.js';
import { lackOf } from './principal.js';
import type { Principal } from './principal.js';
import { CapabilityMissing, keysUnavailable, lackSentence, unauthenticated } from './refusals.js';
import { accessOf } from './requires.js';
import type { Access } from './requires.js';

/** What the GraphQL context of every operation holds, over HTTP and over WebSocket. */
export type AccessContext = { readonly authentication: Authentication };

type HttpRequest = {
  readonly headers: { readonly authorization?: string };
  authentication?: Authentication;
};

const ROOT_TYPES = ['Query', 'Mutation', 'Subscription'];

const declaredAccess = (context: ExecutionContext): Access | undefined =>
  accessOf(context.getHandler()) ?? accessOf(context.getClass());

/**
 * Asks, before every resolver and route, what it requires and who is calling. Whoever declares
 * nothing is refused to everybody: a forgotten decorator must never be an open door.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Inject(Authenticator) private readonly authenticator: Authenticator) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = declaredAccess(context);
    if (access?.kind === 'open') return true;
    return context.getType<GqlContextType>() === 'graphql'
      ? allowedInGraphql(GqlExecutionContext.create(context), access)
      : this.allowedOverHttp(context.switchToHttp().getRequest<HttpRequest>(), access);
  }

  private async allowedOverHttp(request: HttpRequest, access: Access | undefined) {
    const found = await this.authenticator.authenticate(request.headers.authorization);
    if (found.kind === 'unavailable') throw new ServiceUnavailableException();
    if (found.kind !== 'known') throw new UnauthorizedException();
    if (access === undefined) throw new ForbiddenException('This route declares no access.');
    const lack = access.kind === 'requires' ? lackOf(found.principal, access.capability) : null;
    if (lack !== null && access.kind === 'requires')
      throw new ForbiddenException(lackSentence(lack, access.capability));
    request.authentication = found;
    return true;
  }
}

const allowedInGraphql = (graphql: GqlExecutionContext, access: Access | undefined): boolean => {
  const { parentType } = graphql.getInfo<GraphQLResolveInfo>();
  const isRoot = ROOT_TYPES.includes(parentType.name);
  // A field below the root stands under the root's declaration unless it has one of its own.
  if (access === undefined && !isRoot) return true;
  const principal = principalOf(graphql.getContext<AccessContext>().authentication);
  if (access === undefined) throw undeclared();
  const lack = access.kind === 'requires' ? lackOf(principal, access.capability) : null;
  if (lack !== null && access.kind === 'requires')
    throw new CapabilityMissing(lack, access.capability);
  return true;
};

const undeclared = (): GraphQLError =>
  new GraphQLError('This operation declares no capability and is therefore closed to everyone.', {
    extensions: { code: 'CAPABILITY_MISSING' },
  });

/** The principal that was recognised. Throws UNAUTHENTICATED, or STORE_UNAVAILABLE without keys. */
export const principalOf = (authentication: Authentication): Principal => {
  if (authentication.kind === 'known') return authentication.principal;
  throw authentication.kind === 'unavailable' ? keysUnavailable() : unauthenticated();
};

/** Parameter decorator: the principal that asks, in a resolver or a controller. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    principalOf(
      (context.getType<GqlContextType>() === 'graphql'
        ? GqlExecutionContext.create(context).getContext<AccessContext>().authentication
        : context.switchToHttp().getRequest<HttpRequest>().authentication) ?? { kind: 'anonymous' },
    ),
);

type AuthenticatorFactory = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<Authenticator>, 'inject' | 'useFactory'>;

/**
 * Guards every resolver and route of the application, and turns refused mutations into refusals.
 */
@Module({})
export class AccessModule {
  static with({ imports, ...factory }: AuthenticatorFactory): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      imports: imports ?? [],
      providers: [
        { provide: Authenticator, ...factory },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: CapabilityRefusals },
      ],
      exports: [Authenticator],
    };
  }
}
