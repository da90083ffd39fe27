import { registerHooks } from 'node:module';

/**
 * Loaded before the server: finds the adapter package of the tests, which lies in no node_modules, and lets the networks
 * of `STAGE_PLAYS` happen on the stage too.
 */
const here = (file) => new URL(file, import.meta.url).href;
const played = (process.env.STAGE_PLAYS ?? '').split(' ').filter(Boolean);

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'parley-stage') return { url: here('./adapter.ts'), shortCircuit: true };
    if (!played.some((network) => specifier.endsWith(`/adapters/${network}/index.js`))) return next(specifier, context);
    return { url: `${here('./stand-in.ts')}?of=${encodeURIComponent(specifier)}`, shortCircuit: true };
  },
});
