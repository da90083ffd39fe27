import type { Voice } from '../views.js';

/** How far a file that comes in pieces has come. Its id becomes that of the attachment. */
export type Upload = { id: string; size: number; offset: number; expiresAt: Date };
export type NewUpload = { name: string; type: string; size: number; voice?: Voice };

/** Files that come in pieces and go on where they were interrupted; what nobody goes on with is dropped. */
export interface UploadService {
  /** Throws `file-too-large`. A user's oldest upload makes room for one too many. */
  begin(userId: string, file: NewUpload): Promise<Upload>;
  /** Of an upload that is done, all of it. */
  get(userId: string, id: string): Promise<Upload>;
  /**
   * Adds bytes at `offset`, which must be where it stands; ends an earlier call that still waits for more. What came
   * before a stream broke is kept. The last byte makes it an attachment.
   */
  append(userId: string, id: string, offset: number, content: AsyncIterable<Uint8Array>): Promise<Upload>;
  drop(userId: string, id: string): Promise<void>;
}
