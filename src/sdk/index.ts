export * from './contract/index.js';
export * from './errors.js';
export { Backoff } from './tools/backoff.js';
export { throughGate } from './tools/gate.js';
export { Timers } from './tools/timers.js';
export { certificateTroubles, hostPort, type SocketWords, socketTrouble } from './tools/troubles.js';
export { type KeyPair, pemOf, readCertificate, tlsOptions, trust } from './tools/trust.js';
