import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { ExpiredWindowPolicy } from '../domain/events.js';

const clientMutationIdLengthMax = 200;

export class UpdateOrganisationSettingsInput {
  @IsOptional()
  @IsIn(['REQUIRE_TEMPLATE', 'BRIDGE_SMS'])
  readonly expiredWindowPolicy?: ExpiredWindowPolicy | null;

  /** Absent leaves it as it is, null clears it. */
  @IsOptional()
  @IsString()
  readonly smsName?: string | null;

  @IsOptional()
  @MaxLength(clientMutationIdLengthMax)
  readonly clientMutationId?: string | null;
}
