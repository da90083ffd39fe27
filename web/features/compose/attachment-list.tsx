'use client';
import { fileSize } from '../../lib/format';
import { Icon } from '../../ui/icons';
import type { Uploads } from './use-attachments';

export function AttachmentList({ uploads }: { uploads: Uploads }) {
  if (uploads.items.length === 0) return null;
  return (
    <ul className="uploads" aria-label="Attachments">
      {uploads.items.map((item) => (
        <li key={item.key} className={`upload upload-${item.is}`}>
          <Icon name="file" />
          <span className="upload-name">{item.name}</span>
          <span className="upload-state">
            {item.is === 'uploading' && 'Uploading…'}
            {item.is === 'done' && fileSize(item.attachment.size)}
            {item.is === 'failed' && (
              <>
                {item.why}{' '}
                <button type="button" className="link-button" onClick={() => uploads.retry(item)}>
                  Try again
                </button>
              </>
            )}
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${item.name}`}
            onClick={() => uploads.remove(item.key)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
