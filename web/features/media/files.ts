import type { Attachment, Voice } from '../../lib/api/types';
import { store } from '../../lib/sync/store';

/** `waiting`: the server cannot be reached, and it goes on by itself. */
export type UploadState =
  | { is: 'sending' | 'paused' | 'waiting'; sent: number }
  | { is: 'failed'; why: string }
  | { is: 'done'; attachment: Attachment };
export type Upload = { key: string; name: string; type: string; size: number; voice?: Voice; file?: Blob } & {
  state: UploadState;
};

const lists = new Map<string, Upload[]>();

export const filesTopic = (conversationId: string): string => `files:${conversationId}`;

const none: readonly Upload[] = [];
export const filesOf = (conversationId: string): readonly Upload[] => lists.get(conversationId) ?? none;

export function setList(conversationId: string, list: Upload[]): void {
  lists.set(conversationId, list);
  store.touch(filesTopic(conversationId));
}
