'use client';
import { useRef } from 'react';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';

export function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const files = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        className="visually-hidden"
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => {
          onFiles(event.target.files ?? []);
          event.target.value = '';
        }}
      />
      <button
        type="button"
        className="icon-button"
        aria-label={t('content.attach')}
        title={t('content.attach')}
        onClick={() => files.current?.click()}
      >
        <Icon name="attach" />
      </button>
    </>
  );
}
