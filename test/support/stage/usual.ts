import type { Features } from '../../../src/sdk/index.js';

/** How networks on the stage take messages, unless a chat is told otherwise. */
export const usualSend: Omit<Features['send'], 'message'> = {
  maxLength: 4000,
  formatting: 'full',
  attachments: 'full',
  replies: 'full',
  threads: 'full',
  buttons: 'full',
  idempotent: true,
  proves: 'read',
};
