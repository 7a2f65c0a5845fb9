import { SetMetadata } from '@nestjs/common';
import type { CustomDecorator } from '@nestjs/common';
import type { Capability } from './principal.js';

/** Where a resolver's or a route's declaration is kept. */
export const ACCESS_METADATA = 'casement:access';

/** What a resolver or a route asks of whoever calls it. */
export type Access =
  | { readonly kind: 'requires'; readonly capability: Capability }
  /** Signed in, whatever the capabilities. */
  | { readonly kind: 'signed-in' }
  /** Anyone at all; the reason is for the reader. */
  | { readonly kind: 'open'; readonly because: string };

/** Only for principals with the capability. On a method, or on a class for all its methods. */
export const Requires = (capability: Capability): CustomDecorator =>
  SetMetadata(ACCESS_METADATA, { kind: 'requires', capability } satisfies Access);

/** For every principal of the organisation: `viewer`, and what authorises itself field by field. */
export const SignedIn = (): CustomDecorator =>
  SetMetadata(ACCESS_METADATA, { kind: 'signed-in' } satisfies Access);

/** For anyone, without a token. Says why: a webhook that is signed, a page behind a code. */
export const Open = (because: string): CustomDecorator =>
  SetMetadata(ACCESS_METADATA, { kind: 'open', because } satisfies Access);

/** What a method or a class declares; undefined when it declares nothing. */
export const accessOf = (target: object): Access | undefined => {
  const declared: unknown = Reflect.getMetadata(ACCESS_METADATA, target);
  return isAccess(declared) ? declared : undefined;
};

const isAccess = (value: unknown): value is Access =>
  typeof value === 'object' && value !== null && 'kind' in value;
