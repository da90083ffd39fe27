/**
 * The adapter contract. An adapter teaches Parley one kind of network and knows nothing else of it:
 * it imports only the SDK. Plain types, one error class, no framework.
 *
 * Division of work: the core owns order, retries, de-duplication and persistence. An adapter turns
 * wire traffic into events and commands into wire traffic; it never retries a send and keeps no history.
 */
export * from './adapter.js';
export * from './common.js';
export * from './events.js';
export * from './features.js';
export * from './host.js';
export * from './login.js';
export * from './manifest.js';
