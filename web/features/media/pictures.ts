import type { Attachment } from '../../lib/api/types';
import { store } from '../../lib/sync/store';

/** Types the server serves to be drawn. */
export const isPicture = ({ type }: Attachment): boolean => /^image\/(png|jpeg|gif|webp|avif)$/.test(type);

export type Shown = { file: Attachment; by: string; at: string };

/** All pictures of the conversation that are there, in their order; at least the one that was asked for. */
export function picturesWith(file: Attachment): Shown[] {
  for (const { items } of store.timelines.values()) {
    const found = items.flatMap((message) =>
      message.deletedAt
        ? []
        : message.attachments.filter(isPicture).map(
            (one): Shown => ({
              file: one,
              by: message.direction === 'out' ? '' : message.sender.name,
              at: message.sentAt,
            }),
          ),
    );
    if (found.some((one) => one.file.id === file.id)) return found;
  }
  return [{ file, by: '', at: '' }];
}
