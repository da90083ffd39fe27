'use client';
import { useRef, useState } from 'react';
import { messageOf, upload } from '../../lib/api/client';
import type { Attachment } from '../../lib/api/types';

export type Upload =
  | { key: number; name: string; is: 'uploading' }
  | { key: number; name: string; is: 'failed'; why: string; file: File }
  | { key: number; name: string; is: 'done'; attachment: Attachment };

const most = 10;
const largest = 25 * 1024 * 1024;

export type Uploads = ReturnType<typeof useAttachments>;

/** Files beside the text being written; each is uploaded as soon as it is chosen. */
export function useAttachments() {
  const [items, setItems] = useState<Upload[]>([]);
  const next = useRef(0);
  const put = (item: Upload) => setItems((all) => all.map((one) => (one.key === item.key ? item : one)));
  const start = async (key: number, file: File) => {
    try {
      if (file.size > largest) throw new Error('larger than 25 MB');
      put({ key, name: file.name, is: 'done', attachment: await upload(file) });
    } catch (error) {
      put({ key, name: file.name, is: 'failed', why: messageOf(error), file });
    }
  };
  const add = (files: Iterable<File>) => {
    const room = [...files].slice(0, Math.max(0, most - items.length));
    for (const file of room) {
      next.current += 1;
      const key = next.current;
      setItems((all) => [...all, { key, name: file.name, is: 'uploading' }]);
      void start(key, file);
    }
  };
  const remove = (key: number) => setItems((all) => all.filter((one) => one.key !== key));
  const retry = (item: Extract<Upload, { is: 'failed' }>) => {
    put({ key: item.key, name: item.name, is: 'uploading' });
    void start(item.key, item.file);
  };
  const clear = () => setItems([]);
  /** Files that are on the server already. */
  const restore = (attachments: Attachment[]) => {
    const back = attachments.map((attachment): Upload => {
      next.current += 1;
      return { key: next.current, name: attachment.name, is: 'done', attachment };
    });
    setItems((all) => [...all, ...back].slice(0, most));
  };
  const ready = items.flatMap((item) => (item.is === 'done' ? [item.attachment] : []));
  const busy = items.some((item) => item.is === 'uploading');
  const failed = items.some((item) => item.is === 'failed');
  return { items, add, remove, retry, clear, restore, ready, busy, failed };
}
