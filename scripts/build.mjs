import { fileURLToPath } from 'node:url';
import { guarded } from './lib/guard.mjs';
import { prepare } from './lib/prepare.mjs';

await guarded(() => prepare(fileURLToPath(new URL('..', import.meta.url))));
