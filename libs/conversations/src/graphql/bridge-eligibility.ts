import { Injectable } from '@nestjs/common';
import { instant, numberId, type Instant } from '#kernel';
import { BridgeTermsReader } from '../commands/bridge-terms-reader.js';
import {
  bridgeBlocksUntilMs,
  bridgeObstacle,
  bridgeObstacleSentences,
  latest,
  type BridgeObstacle,
  type BridgeTerms,
} from '../domain/bridge.js';
import { deliveryOf } from '../views/cells.js';
import type { ConversationShape } from './conversation-shape.js';

/** Whether a message in a closed window would lead to a bridge now, and if not, why not. */
export type BridgeEligibility = {
  readonly eligible: boolean;
  readonly reason: (typeof reasons)[BridgeObstacle] | null;
  readonly message: string | null;
  readonly nextAllowedAt: Instant | null;
};

const reasons = {
  no_phone: 'NO_PHONE',
  sms_opted_out: 'SMS_OPTED_OUT',
  no_sms_number: 'NO_SMS_NUMBER',
  name_needed: 'SMS_NAME_NEEDED',
  already_bridged: 'ALREADY_BRIDGED',
} as const;

const templatesOnly =
  'The organisation answers a closed window with templates only. Its settings can change that.';

/** Says what stands between a customer and a bridge (R097), from the rows that are shown. */
@Injectable()
export class BridgeEligibilities {
  constructor(private readonly terms: BridgeTermsReader) {}

  async of({
    numberId: number,
    bridge,
    bridgeBlockedUntilMs,
    reach,
    people,
    nowMs,
  }: ConversationShape): Promise<BridgeEligibility> {
    const { organisation, reads } = people;
    const row = bridge && (await reads.message(bridge.bridgeId));
    const own =
      bridge && row?.delivery ? bridgeBlocksUntilMs(bridge, deliveryOf(row.delivery)) : null;
    const blockedUntilMs = latest(own, bridgeBlockedUntilMs);
    const text = this.terms.text(organisation, numberId(number));
    const policy = organisation.expiredWindowPolicy;
    return eligibility({ ...reach, text, policy }, blockedUntilMs, nowMs);
  }
}

/** Pure: what the terms and the newest bridge say at `nowMs`. */
export const eligibility = (
  terms: Omit<BridgeTerms, 'bridgeId'>,
  blockedUntilMs: number | null,
  nowMs: number,
): BridgeEligibility => {
  const no = { eligible: false, nextAllowedAt: null };
  if (terms.policy === 'REQUIRE_TEMPLATE') return { ...no, reason: null, message: templatesOnly };
  const obstacle = bridgeObstacle(terms, blockedUntilMs, nowMs);
  if (obstacle === null)
    return { eligible: true, reason: null, message: null, nextAllowedAt: null };
  const told = { ...no, reason: reasons[obstacle], message: bridgeObstacleSentences[obstacle] };
  return obstacle === 'already_bridged' && blockedUntilMs !== null
    ? { ...told, nextAllowedAt: instant(blockedUntilMs) }
    : told;
};
