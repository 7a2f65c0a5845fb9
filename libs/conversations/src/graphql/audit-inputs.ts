import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import type { Instant } from '#kernel';
import { feedProjection } from '../views/feed.projection.js';

const typesMax = 50;
const searchLengthMax = 100;
const cursorLengthMax = 1_000;
const idForm = /^[A-Za-z0-9._-]{1,100}$/;
const idMessage = '$property is no id';

/** The scalars have made sure of times; here they are only let through. */
export class EventFilterInput {
  @IsOptional()
  @Matches(idForm, { message: idMessage })
  readonly conversationId?: string | null;

  @IsOptional()
  @Matches(idForm, { message: idMessage })
  readonly contactId?: string | null;

  @IsOptional()
  @ArrayMinSize(1)
  @ArrayMaxSize(typesMax)
  @IsIn(feedProjection.types, { each: true, message: '$property names a type that there is not' })
  readonly types?: readonly string[] | null;

  @IsOptional()
  @IsString()
  readonly from?: Instant | null;

  @IsOptional()
  @IsString()
  readonly to?: Instant | null;
}

export class ContactsArguments {
  @IsOptional()
  @MaxLength(searchLengthMax)
  @Matches(/^[^\0]*$/, { message: '$property has characters that no name has' })
  readonly search?: string | null;

  @IsOptional()
  @IsInt()
  readonly first?: number | null;

  @IsOptional()
  @MaxLength(cursorLengthMax)
  readonly after?: string | null;
}
