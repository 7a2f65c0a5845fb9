import { Type } from 'class-transformer';
import { ArrayMaxSize, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';

/** More than WhatsApp takes of anything: what it takes is said in words of our own. */
const partsMax = 100;

export class LocationInput {
  @IsNumber()
  readonly latitude!: number;

  @IsNumber()
  readonly longitude!: number;

  @IsOptional()
  @IsString()
  readonly name?: string | null;

  @IsOptional()
  @IsString()
  readonly address?: string | null;
}

export class InteractiveHeaderInput {
  @IsString()
  readonly text!: string;
}

export class ReplyButtonInput {
  @IsString()
  readonly id!: string;

  @IsString()
  readonly title!: string;
}

export class ListRowInput {
  @IsString()
  readonly id!: string;

  @IsString()
  readonly title!: string;

  @IsOptional()
  @IsString()
  readonly description?: string | null;
}

export class ListSectionInput {
  @IsOptional()
  @IsString()
  readonly title?: string | null;

  @ArrayMaxSize(partsMax)
  @ValidateNested({ each: true })
  @Type(() => ListRowInput)
  readonly rows!: readonly ListRowInput[];
}

export class ChoiceListInput {
  @IsString()
  readonly button!: string;

  @ArrayMaxSize(partsMax)
  @ValidateNested({ each: true })
  @Type(() => ListSectionInput)
  readonly sections!: readonly ListSectionInput[];
}

export class UrlButtonInput {
  @IsString()
  readonly text!: string;

  @IsString()
  readonly url!: string;
}

export class InteractiveInput {
  @IsOptional()
  @ValidateNested()
  @Type(() => InteractiveHeaderInput)
  readonly header?: InteractiveHeaderInput | null;

  @IsString()
  readonly body!: string;

  @IsOptional()
  @IsString()
  readonly footer?: string | null;

  @IsOptional()
  @ArrayMaxSize(partsMax)
  @ValidateNested({ each: true })
  @Type(() => ReplyButtonInput)
  readonly buttons?: readonly ReplyButtonInput[] | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => ChoiceListInput)
  readonly list?: ChoiceListInput | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => UrlButtonInput)
  readonly urlButton?: UrlButtonInput | null;
}
