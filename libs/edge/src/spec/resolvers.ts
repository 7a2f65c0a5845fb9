import { setTimeout as wait } from 'node:timers/promises';
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
export const held = { subscribers: 0, executions: 0, flooded: 0 };

const never = async function* (signal: AbortSignal): AsyncGenerator<{ readonly ticks: number }> {
  held.subscribers += 1;
  signal.addEventListener('abort', () => void (held.subscribers -= 1), { once: true });
  yield { ticks: 1 };
  await new Promise(() => undefined);
};

const upTo = async function* (count: number): AsyncGenerator<{ readonly many: number }> {
  for (let many = 1; many <= count; many += 1) yield { many };
};

const slowly = async function* (): AsyncGenerator<object> {
  for (const id of ['one', 'two']) {
    yield { slowly: { id } };
    await wait(300);
  }
};

const failing = async function* (): AsyncGenerator<{ readonly fails: number }> {
  yield { fails: 1 };
  throw new Error('SELECT secret FROM /var/lib/casement.db');
};

const change = (number: number, text = '') => ({ cursor: `c-${number}`, number, text });

/** Goes on after the number in the cursor, as a log does. */
const changesTo = async function* (to: number, after: string | undefined): AsyncGenerator<object> {
  const first = Number(after?.slice(2) ?? 0) + 1;
  for (let number = first; number <= to; number += 1) yield { changes: change(number) };
};

const FLOOD_BYTES = 64 * 1024;

/** More than anybody reads. */
const flood = async function* (signal: AbortSignal): AsyncGenerator<object> {
  held.subscribers += 1;
  signal.addEventListener('abort', () => void (held.subscribers -= 1), { once: true });
  for (let number = 1; !signal.aborted; number += 1) {
    held.flooded = number;
    yield { flood: change(number, 'x'.repeat(FLOOD_BYTES)) };
  }
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
    return { edges: [], nodes: [], pageInfo: { hasNextPage: false } };
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

  @Query('waits')
  @Requires('messages.view')
  waits(@Args('ms') ms: number): Promise<number> {
    return wait(ms, ms);
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

  @Mutation('waitsToo')
  @Requires('messages.send')
  waitsToo(): Promise<number> {
    return wait(500, 1);
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

  @Subscription('changes')
  @Requires('messages.view')
  changes(@Args('to') to: number, @Args('after') after?: string): AsyncIterable<object> {
    return cancellable(() => changesTo(to, after));
  }

  @Subscription('flood')
  @Requires('messages.view')
  flood(): AsyncIterable<object> {
    return cancellable(flood);
  }

  @Subscription('slowly')
  @Requires('messages.view')
  slowly(): AsyncIterable<object> {
    return cancellable(slowly);
  }
}
