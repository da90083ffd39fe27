import path from 'node:path';
import { createApp } from './api/app.js';
import { boot } from './infra/boot.js';
import { runServer } from './infra/lifetime.js';
import { addressOf, listenFailure } from './infra/listen.js';
import { wire } from './wiring/wire.js';

// The only module that is sure of its place: the build puts the others together.
const here = import.meta.dirname;

/** The server: ground, parts, API, then the networks. */
await runServer(async (lifetime) => {
  const report = (line: string) => console.log(line);
  const booted = await boot(lifetime, { report, migrations: path.resolve(here, '../prisma/migrations') });
  const { deps, start } = await wire(booted, lifetime, here);
  const { host, port, publicUrl } = booted.config;
  const app = await createApp(deps);
  await app.listen(port, host).catch((error: unknown) => {
    throw listenFailure(error, host, port);
  });
  const listening = app.getHttpServer().address();
  const address = addressOf(host, typeof listening === 'object' && listening !== null ? listening.port : port);
  await start(address);
  // First to end: nothing more is taken in while the rest winds down.
  lifetime.onStop('the API', () => app.close());
  report(`Parley is ready at ${publicUrl ?? address}`);
});
