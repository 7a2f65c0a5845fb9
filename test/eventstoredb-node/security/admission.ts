import { status, type Metadata } from '@grpc/grpc-js';
import { accessDenied, CallFailed } from '../wire/errors.js';

/** Names and their passwords. */
export type Users = Readonly<Record<string, string>>;

const nobodyElse = (): CallFailed => new CallFailed(status.UNAUTHENTICATED, 'Unauthenticated');

/**
 * Lets in who is named and knows the password, as the server does by default: nobody else reads or
 * writes. Throws CallFailed.
 */
export const admitOnly =
  (users: Users) =>
  (headers: Metadata): void => {
    const [authorization] = headers.get('authorization');
    if (authorization === undefined) throw accessDenied();
    const [scheme, encoded = ''] = authorization.toString().split(' ');
    const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    if (scheme !== 'Basic' || users[name] === undefined || users[name] !== password.join(':'))
      throw nobodyElse();
  };
