'use client';
import { lazily } from '../../ui/lazily';
import type { Uploads } from './use-attachments';

const AttachmentList = lazily(() => import('./attachment-list').then((found) => found.AttachmentList));

/** Files that will go with the message, where there are any. */
export const FilesBeside = ({ uploads }: { uploads: Uploads }) =>
  uploads.items.length > 0 && <AttachmentList uploads={uploads} />;
