import { IsInt, IsOptional, MaxLength } from 'class-validator';

const cursorLengthMax = 1_000;

export class TemplatesArguments {
  @IsOptional()
  @IsInt()
  readonly first?: number | null;

  @IsOptional()
  @MaxLength(cursorLengthMax)
  readonly after?: string | null;
}
