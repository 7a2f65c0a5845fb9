import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { epochMs } from '#kernel';
import { CLOCK, TIMER, type Clock, type Timer } from '#engine';
import { PortalCodes, type PortalVisit } from '../commands/portal-codes.js';
import { Attempts } from './attempts.js';
import { networkOf } from './network.js';
import { PORTAL_SETTINGS, type PortalSettings } from './settings.js';
import { tokenFrom, visitCookie } from './visit-cookie.js';

/** Somebody who is here by the button of this very code. */
export type Visitor = {
  readonly code: string;
  readonly token: string;
  readonly visit: PortalVisit;
};

export type Opening =
  | { readonly kind: 'opened'; readonly cookie: string }
  | { readonly kind: 'not-valid' }
  | { readonly kind: 'too-many' };

const everybody = 'everybody';

/** Lets in who has a code, and tells nobody else anything: neither by word nor by time. */
@Injectable()
export class PortalDoor {
  private readonly missesByNetwork: Attempts;
  private readonly missesInAll: Attempts;
  private readonly count: (outcome: Opening['kind']) => void;

  constructor(
    private readonly codes: PortalCodes,
    @Inject(PORTAL_SETTINGS) private readonly settings: PortalSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TIMER) private readonly timer: Timer,
  ) {
    const { missesPerAddress, missesInAll, periodMs, countedMax: keysMax } = settings.limits;
    const elapsed = () => timer.monotonicMs();
    this.missesByNetwork = new Attempts({ max: missesPerAddress, periodMs, keysMax }, elapsed);
    this.missesInAll = new Attempts({ max: missesInAll, periodMs, keysMax: 1 }, elapsed);
    const openings = settings.metrics.counter(
      'portal_openings_total',
      'Portal codes that were tried, by what became of them',
    );
    this.count = (outcome) => openings.add({ outcome });
    settings.metrics.gauge('portal_door_shut', 'Whether too many codes missed of late', () =>
      this.missesInAll.isSpent(everybody) ? 1 : 0,
    );
  }

  /** Tries a code for whoever comes from `address`. */
  async open(code: string, address: string): Promise<Opening> {
    const opening = await this.tried(code, address);
    this.count(opening.kind);
    return opening;
  }

  /** Whether the browser brings a token for this code, good or not. */
  bringsToken(request: FastifyRequest, code: string): boolean {
    return this.tokenOf(request, code) !== null;
  }

  /** Null for everybody who is no visitor of this code, each after the same time. */
  async visitor(request: FastifyRequest, code: string): Promise<Visitor | null> {
    const sinceMs = this.timer.monotonicMs();
    const token = this.tokenOf(request, code) ?? '';
    const visit = await this.codes.session(token, code);
    if (visit !== null) return { code, token, visit };
    await this.evenly(sinceMs);
    return null;
  }

  private async tried(code: string, address: string): Promise<Opening> {
    const sinceMs = this.timer.monotonicMs();
    const own = this.missesByNetwork.admit(networkOf(address));
    if (own === null) return { kind: 'too-many' };
    const shared = this.missesInAll.admit(everybody);
    if (shared === null) {
      own.forgive();
      return { kind: 'too-many' };
    }
    const opened = await this.codes.redeem(code);
    if (opened === null) {
      await this.evenly(sinceMs);
      return { kind: 'not-valid' };
    }
    own.forgive();
    shared.forgive();
    const remainingMs = epochMs(opened.visit.validUntil) - this.clock.now();
    const { isHttps } = this.settings;
    return {
      kind: 'opened',
      cookie: visitCookie({ code, token: opened.token, remainingMs, isHttps }),
    };
  }

  /** Resolves when a miss that began at `sinceMs` may be answered. */
  private async evenly(sinceMs: number): Promise<void> {
    const passedMs = this.timer.monotonicMs() - sinceMs;
    const restMs = this.settings.limits.missAnswerMs - passedMs;
    if (restMs > 0) await this.timer.sleep(restMs);
  }

  private tokenOf({ headers }: FastifyRequest, code: string): string | null {
    return tokenFrom(headers.cookie, code, this.settings.isHttps);
  }
}
