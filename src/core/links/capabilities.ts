import type { Capabilities } from '../../sdk/index.js';

/** What people are told a chat can do: where its network carries no files, they go as links if there can be any. */
export function shownCapabilities(can: Capabilities, filesAsLinks: boolean): Capabilities {
  const lacking = can.send.attachments === 'rejected' || can.send.attachments === 'dropped';
  return filesAsLinks && lacking ? { ...can, send: { ...can.send, attachments: 'fallback' } } : can;
}
