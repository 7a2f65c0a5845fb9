import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The port that it listens on; 0 before it does. */
export const portOf = (app: NestFastifyApplication): number => {
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
