import { registerHooks } from 'node:module';

/** Loaded before the server: finds the adapter package of the tests, which lies in no node_modules. */
const adapter = new URL('./adapter.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'parley-stage' ? { url: adapter, shortCircuit: true } : next(specifier, context),
});
