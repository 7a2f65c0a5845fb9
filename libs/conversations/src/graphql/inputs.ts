import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Channel } from '../domain/events.js';
import type { WindowStatus } from '../domain/window.js';
import { InteractiveInput, LocationInput } from './content-inputs.js';

const idempotencyKeyLengthMax = 200;
const clientMutationIdLengthMax = 200;
const searchLengthMax = 100;
/** A week: no window is open for longer than a day. */
const expiringMinutesMax = 7 * 24 * 60;

const idForm = /^[A-Za-z0-9._-]{1,100}$/;
const idMessage = '$property is no id';

export class SendMessageInput {
  @Matches(idForm, { message: idMessage })
  readonly conversationId!: string;

  @IsOptional()
  @IsString()
  readonly text?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => InteractiveInput)
  readonly interactive?: InteractiveInput | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => LocationInput)
  readonly location?: LocationInput | null;

  @IsOptional()
  @IsIn(['WHATSAPP', 'SMS', 'PORTAL'])
  readonly channel?: Channel | null;

  @IsOptional()
  @Matches(idForm, { message: idMessage })
  readonly quotedMessageId?: string | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  readonly expectedRevision?: number | null;

  @Length(1, idempotencyKeyLengthMax)
  readonly idempotencyKey!: string;

  @IsOptional()
  @MaxLength(clientMutationIdLengthMax)
  readonly clientMutationId?: string | null;
}

/** More blanks than a template of 1,024 characters can have. */
const variablesMax = 250;
const variableNameLengthMax = 100;

export class TemplateVariableInput {
  @Length(1, variableNameLengthMax)
  readonly name!: string;

  @IsString()
  readonly value!: string;
}

export class SendTemplateInput {
  @Matches(idForm, { message: idMessage })
  readonly conversationId!: string;

  @Matches(idForm, { message: idMessage })
  readonly templateId!: string;

  @IsOptional()
  @ArrayMaxSize(variablesMax)
  @ValidateNested({ each: true })
  @Type(() => TemplateVariableInput)
  readonly variables?: readonly TemplateVariableInput[] | null;

  @Length(1, idempotencyKeyLengthMax)
  readonly idempotencyKey!: string;

  @IsOptional()
  @MaxLength(clientMutationIdLengthMax)
  readonly clientMutationId?: string | null;
}

export class ResolveUnconfirmedMessageInput {
  @Matches(idForm, { message: idMessage })
  readonly messageId!: string;

  @IsIn(['ARRIVED', 'SEND_AGAIN'])
  readonly outcome!: 'ARRIVED' | 'SEND_AGAIN';

  @Length(1, idempotencyKeyLengthMax)
  readonly idempotencyKey!: string;

  @IsOptional()
  @MaxLength(clientMutationIdLengthMax)
  readonly clientMutationId?: string | null;
}

export class ConversationActionInput {
  @Matches(idForm, { message: idMessage })
  readonly conversationId!: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  readonly expectedRevision?: number | null;

  @IsOptional()
  @MaxLength(clientMutationIdLengthMax)
  readonly clientMutationId?: string | null;
}

export class ConversationFilter {
  @IsOptional()
  @IsIn(['ACTIVE', 'ENDED'])
  readonly lifecycle?: 'ACTIVE' | 'ENDED' | null;

  @IsOptional()
  @IsIn(['OPEN', 'EXPIRED', 'NEVER_OPENED'])
  readonly window?: WindowStatus | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(expiringMinutesMax)
  readonly expiringWithinMinutes?: number | null;

  @IsOptional()
  @MaxLength(searchLengthMax)
  readonly status?: string | null;

  @IsOptional()
  readonly unread?: boolean | null;

  @IsOptional()
  readonly needsAttention?: boolean | null;

  @IsOptional()
  @MaxLength(searchLengthMax)
  @Matches(/^[^\0]*$/, { message: '$property has characters that no name has' })
  readonly search?: string | null;

  @IsOptional()
  @Matches(idForm, { message: idMessage })
  readonly numberId?: string | null;
}
