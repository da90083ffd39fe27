'use client';
import { useEffect, useRef, useState } from 'react';
import { t } from '../../lib/i18n';
import { useLatest } from '../../lib/use-latest';
import { Icon } from '../../ui/icons';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Files dropped on the conversation around it are attached; while they hover, it says so. */
export function DropZone({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const mark = useRef<HTMLSpanElement>(null);
  const latest = useLatest(onFiles);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const place = mark.current?.closest<HTMLElement>('.pane') ?? document.body;
    // Each element on the way tells of its own entering and leaving.
    let depth = 0;
    const end = () => {
      depth = 0;
      setOver(false);
    };
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth -= 1;
      if (depth <= 0) end();
    };
    const drop = (event: DragEvent) => {
      end();
      if (!hasFiles(event)) return;
      event.preventDefault();
      latest.current(event.dataTransfer?.files ?? []);
    };
    // Elsewhere on the page a file would be opened in its place.
    const keepPage = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    place.addEventListener('dragenter', enter);
    place.addEventListener('dragleave', leave);
    place.addEventListener('drop', drop);
    document.addEventListener('dragover', keepPage);
    document.addEventListener('drop', keepPage);
    return () => {
      place.removeEventListener('dragenter', enter);
      place.removeEventListener('dragleave', leave);
      place.removeEventListener('drop', drop);
      document.removeEventListener('dragover', keepPage);
      document.removeEventListener('drop', keepPage);
    };
  }, []);
  return (
    <span ref={mark} className="drop-mark">
      {over && (
        <span className="drop-veil">
          <span className="drop-words">
            <Icon name="attach" size={20} />
            {t('content.drop')}
          </span>
        </span>
      )}
    </span>
  );
}
