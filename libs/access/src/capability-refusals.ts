import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { GqlArgumentsHost } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { capabilityRefusal, CapabilityMissing } from './refusals.js';
import type { RefusedPayload } from './refusals.js';

type MutationArguments = { readonly input?: { readonly clientMutationId?: string | null } };

/**
 * A mutation's refusal is a value. The guard throws in any case, so that without this filter a
 * missing capability is still refused, only less kindly.
 */
@Catch(CapabilityMissing)
export class CapabilityRefusals implements ExceptionFilter<CapabilityMissing> {
  catch(missing: CapabilityMissing, host: ArgumentsHost): RefusedPayload | CapabilityMissing {
    const graphql = GqlArgumentsHost.create(host);
    if (graphql.getInfo<GraphQLResolveInfo>().parentType.name !== 'Mutation') return missing;
    const { input } = graphql.getArgs<MutationArguments>();
    return capabilityRefusal(missing, input?.clientMutationId ?? null);
  }
}
