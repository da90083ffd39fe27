export * from './contract/index.js';
export * from './errors.js';
export { Backoff } from './tools/backoff.js';
export { throughGate } from './tools/gate.js';
export { Timers } from './tools/timers.js';
