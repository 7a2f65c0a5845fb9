import { Args, Mutation, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { CurrentPrincipal, Open, Requires, SignedIn } from '#access';
import type { Principal } from '#access';
import { cancellable } from '../socket/cancellable.js';

class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
class Busy extends Error {
  override readonly name = 'Busy';
}

class DeepInput {
  @Min(1)
  readonly count: number = 0;
}

class SayInput {
  @MaxLength(10)
  readonly text: string = '';

  @IsOptional()
  readonly phone?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => DeepInput)
  readonly deep?: DeepInput;

  @IsOptional()
  readonly clientMutationId?: string;
}

/** What the resolvers' subscriptions hold open: a leak shows here. */
export const held = { subscribers: 0, executions: 0 };

const never = async function* (signal: AbortSignal): AsyncGenerator<{ readonly ticks: number }> {
  held.subscribers += 1;
  signal.addEventListener('abort', () => void (held.subscribers -= 1), { once: true });
  yield { ticks: 1 };
  await new Promise(() => undefined);
};

const upTo = async function* (count: number): AsyncGenerator<{ readonly many: number }> {
  for (let many = 1; many <= count; many += 1) yield { many };
};

const failing = async function* (): AsyncGenerator<{ readonly fails: number }> {
  yield { fails: 1 };
  throw new Error('SELECT secret FROM /var/lib/casement.db');
};

@Resolver('Query')
export class FixtureQueries {
  @Query('whoAmI')
  @SignedIn()
  whoAmI(@CurrentPrincipal() principal: Principal): object {
    return { id: principal.id, capabilities: [...principal.capabilities], secret: 'hidden' };
  }

  @Query('things')
  @Requires('messages.view')
  things(): object {
    held.executions += 1;
    return { edges: [], pageInfo: { hasNextPage: false } };
  }

  @Query('chain')
  @Requires('messages.view')
  chain(): object {
    const chain: { value: number; next?: object } = { value: 1 };
    chain.next = chain;
    return chain;
  }

  @Query('fails')
  @Requires('messages.view')
  fails(@Args('how') how: string): number {
    if (how === 'unavailable') throw new StoreUnavailable('disk /var/lib full');
    if (how === 'busy') throw new Busy('queue of conversation-acme-1');
    throw new TypeError('SELECT secret FROM /var/lib/casement.db where phone = +447700900123');
  }

  @Query('closed')
  @Requires('messages.tier.manage')
  closed(): number {
    return 1;
  }

  // Declares nothing, on purpose.
  @Query('nobody')
  nobody(): number {
    return 1;
  }

  @Query('open')
  @Open('a test of what needs no token')
  open(): string {
    return 'open';
  }

  @Query('echo')
  @SignedIn()
  echo(@Args() values: object): object {
    return values;
  }
}

@Resolver('Who')
export class FixtureWho {
  @ResolveField('secret')
  @Requires('messages.tier.manage')
  secret(): string {
    return 'secret';
  }
}

@Resolver('Mutation')
export class FixtureMutations {
  @Mutation('say')
  @Requires('messages.send')
  say(@Args('input') input: SayInput): object {
    held.executions += 1;
    return { text: input.text, clientMutationId: input.clientMutationId };
  }
}

@Resolver('Subscription')
export class FixtureSubscriptions {
  @Subscription('ticks')
  @Requires('messages.view')
  ticks(): AsyncIterable<object> {
    return cancellable(never);
  }

  @Subscription('many')
  @Requires('messages.view')
  many(@Args('count') count: number): AsyncIterable<object> {
    return cancellable(() => upTo(count));
  }

  @Subscription('fails')
  @Requires('messages.view')
  fails(): AsyncIterable<object> {
    return cancellable(failing);
  }

  @Subscription('closed')
  @Requires('messages.tier.manage')
  closed(): AsyncIterable<object> {
    return cancellable(never);
  }
}
