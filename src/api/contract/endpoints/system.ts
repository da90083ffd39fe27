import * as system from '../system.js';
import { define } from './endpoint.js';

export const systemEndpoints = define({
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Liveness',
    auth: 'none',
    tag: 'System',
    status: 200,
    response: system.health,
  },
  ready: {
    method: 'GET',
    path: '/ready',
    summary: 'Readiness, one entry per dependency',
    auth: 'none',
    tag: 'System',
    status: 200,
    response: system.ready,
  },
});
