import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { commandId, instant, type CommandContext, type Instant } from '#kernel';
import {
  CHANCE,
  CLOCK,
  DECIDES,
  FINGERPRINTS,
  partOf,
  type Chance,
  type Clock,
  type Decides,
  type Fingerprints,
} from '#engine';
import type { PortalThread } from '../domain/events.js';
import { isPastValidity, portalDecider, type PortalCode } from '../domain/portal-code.js';
import { codeOf, isCodeShaped } from './code.js';

/** The secret from which codes are made: the app provides it, the log never sees it. */
export const PORTAL_KEY = Symbol('PortalKey');

/** Codes are looked up before any organisation is known, under a key of the whole system. */
const systemKey = 'system';
const sessionTokenBytes = 32;
/** Looked up instead of what cannot be a code, so that this takes as long as any other miss. */
const nobodysCode = '-';

export type PortalCodeWish = {
  readonly bridgeId: string;
  /** The bridge whose code led to the thread until now: that code ends. Null when there was none. */
  readonly previousBridgeId: string | null;
  readonly thread: PortalThread;
  readonly businessName: string;
};

export type IssuedCode = { readonly code: string; readonly validUntil: Instant };

/** A customer who came with a code: what they may see, and until when. */
export type PortalVisit = {
  readonly thread: PortalThread;
  readonly businessName: string;
  readonly openedAt: Instant;
  readonly validUntil: Instant;
};

export type OpenedVisit = { readonly token: string; readonly visit: PortalVisit };

/** Issues, redeems and recognises the codes that bridge SMS carry. */
@Injectable()
export class PortalCodes {
  constructor(
    @Inject(DECIDES) private readonly decisions: Decides,
    @Inject(FINGERPRINTS) private readonly fingerprints: Fingerprints,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHANCE) private readonly chance: Chance,
    @Inject(PORTAL_KEY) private readonly key: string,
  ) {}

  /** The code that a bridge's SMS carries: computed, the same each time, issued or not. */
  codeOf(bridgeId: string): string {
    return codeOf(this.key, bridgeId);
  }

  /**
   * Makes the bridge's code good for 24 hours and ends the one before. Asking again for the same
   * bridge changes nothing and answers the same. Throws the log's own errors.
   */
  async issue(wish: PortalCodeWish, context: CommandContext): Promise<IssuedCode> {
    const { bridgeId, previousBridgeId, thread, businessName } = wish;
    const { at } = context;
    const code = this.codeOf(bridgeId);
    const decided = await this.decisions.run(
      portalDecider,
      await this.streamId(code),
      { type: 'IssuePortalCode', at, thread, bridgeId, businessName },
      { ...context, subject: null },
    );
    if (decided.kind === 'rejected' || decided.state.kind === 'unissued')
      throw new Error('two bridges came to the same portal code');
    if (previousBridgeId !== null && previousBridgeId !== bridgeId)
      await this.supersede(previousBridgeId, partOf(context, 'supersede', null));
    return { code, validUntil: decided.state.terms.validUntil };
  }

  /** Ends a bridge's code and the session it opened; nothing when there is none. */
  async supersede(bridgeId: string, context: CommandContext): Promise<void> {
    const command = { type: 'SupersedePortalCode' as const, at: context.at };
    const id = await this.streamId(this.codeOf(bridgeId));
    await this.decisions.run(portalDecider, id, command, context);
  }

  /**
   * Uses a code up. Null, whatever stood in the way: unknown, expired, used, superseded, or no code
   * at all; each of them costs one hash and one read of the log.
   */
  async redeem(code: string): Promise<OpenedVisit | null> {
    const { id, state } = await this.load(code);
    const at = instant(this.clock.now());
    if (state.kind !== 'issued' || isPastValidity(state.terms, at)) return null;
    const token = randomBytes(sessionTokenBytes).toString('base64url');
    const command = { type: 'RedeemPortalCode' as const, at, sessionHash: hashOf(token) };
    const decided = await this.decisions.run(portalDecider, id, command, {
      commandId: commandId(this.chance.uuid()),
      correlationId: this.chance.uuid(),
      causationId: null,
      organisationId: state.terms.organisationId,
      actor: { kind: 'customer', id: state.terms.contactId },
      capability: null,
      at,
      subject: null,
      basis: [],
    });
    const visit = decided.kind === 'accepted' ? visitOf(decided.state, token, at) : null;
    return visit && { token, visit };
  }

  /** The visit that `token` stands for, if this very code opened it and it is not over; else null. */
  async session(token: string, code: string): Promise<PortalVisit | null> {
    const { state } = await this.load(code);
    return visitOf(state, token, instant(this.clock.now()));
  }

  /** Read from the log itself: another process may have used or ended the code. */
  private async load(code: string): Promise<{ readonly id: string; readonly state: PortalCode }> {
    const id = await this.streamId(isCodeShaped(code) ? code : nobodysCode);
    const { state } = await this.decisions.load(portalDecider, id, { fresh: true });
    return { id, state };
  }

  private streamId(code: string): Promise<string> {
    return this.fingerprints.of(systemKey, 'portal-code', code);
  }
}

/** The token has 256 bits of chance in it: a plain hash of it cannot be searched. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const visitOf = (state: PortalCode, token: string, at: Instant): PortalVisit | null => {
  const offered = Buffer.from(hashOf(token));
  if (state.kind !== 'redeemed' || isPastValidity(state.terms, at)) return null;
  if (!timingSafeEqual(offered, Buffer.from(state.sessionHash))) return null;
  const { organisationId, threadId, conversationId, contactId, businessName, validUntil } =
    state.terms;
  const thread = { organisationId, threadId, conversationId, contactId };
  return { thread, businessName, openedAt: state.redeemedAt, validUntil };
};
