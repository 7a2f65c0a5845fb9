import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerCredentials, type Metadata } from '@grpc/grpc-js';
import { admitOnly, type Users } from './admission.js';
import { certified } from './certificate.js';

/** How a node is spoken to, and who may. */
export type Security = {
  readonly credentials: ServerCredentials;
  readonly admit: (headers: Metadata) => void;
  /** What a connection string says before the host, and after it. */
  readonly user: string;
  readonly query: string;
};

const VALID_MS = 10 * 365 * 24 * 3600 * 1000;
const OWNER_ONLY = { mode: 0o600, flag: 'wx' } as const;

const insecure: Security = {
  credentials: ServerCredentials.createInsecure(),
  admit: () => undefined,
  user: '',
  query: 'tls=false',
};

const readPair = async (keyPath: string, certificatePath: string): Promise<[Buffer, Buffer]> =>
  Promise.all([readFile(keyPath), readFile(certificatePath)]);

/**
 * TLS for these users, with a key and a certificate that are made once and stay in the directory, so
 * that a node that comes back is the same to its clients. Without users: no TLS, and everyone may.
 */
export const secured = async (directory: string, users: Users | undefined): Promise<Security> => {
  if (users === undefined) return insecure;
  const keyPath = join(directory, 'node.key');
  const certificatePath = join(directory, 'node.crt');
  const made = await readPair(keyPath, certificatePath).catch(async () => {
    const { key, certificate } = certified(new Date(), new Date(Date.now() + VALID_MS));
    await writeFile(certificatePath, certificate);
    await writeFile(keyPath, key, OWNER_ONLY);
    return readPair(keyPath, certificatePath);
  });
  const [name = '', password = ''] = Object.entries(users)[0] ?? [];
  const [private_key, cert_chain] = made;
  return {
    credentials: ServerCredentials.createSsl(null, [{ private_key, cert_chain }], false),
    admit: admitOnly(users),
    user: `${encodeURIComponent(name)}:${encodeURIComponent(password)}@`,
    query: `tls=true&tlsCAFile=${encodeURIComponent(certificatePath)}`,
  };
};
