import type { Adapter } from '../../../src/sdk/index.js';
import { onStage } from './network.ts';

/** Takes the place of the adapter that its address names: it is called the same, and happens on the stage. */
const place = new URL(import.meta.url).searchParams.get('of');
const own: { default: Adapter } = await import(`${place}?own`);
export default onStage(own.default.manifest);
