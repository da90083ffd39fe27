'use client';
import { useEffect, useState } from 'react';
import type { Attachment } from '../../lib/api/types';
import { fileSize } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { lazily } from '../../ui/lazily';
import { isPicture } from '../media/pictures';

const Player = lazily(() => import('../media/player').then((found) => found.Player));
const Viewer = lazily(() => import('../media/viewer').then((found) => found.Viewer));

/** Images and players in a box whose size does not depend on them, everything else as a line to download. */
export function Attachments({ items }: { items: Attachment[] }) {
  const [viewed, setViewed] = useState<Attachment | null>(null);
  if (items.length === 0) return null;
  const several = items.filter(isPicture).length > 1;
  return (
    <>
      <ul className={several ? 'attachments attachments-grid' : 'attachments'} aria-label={t('content.attachments')}>
        {items.map((item) => (
          <li key={item.id} className={isPicture(item) ? 'attachment-picture' : undefined}>
            <One item={item} onView={setViewed} />
          </li>
        ))}
      </ul>
      {viewed && <Viewer file={viewed} onClose={() => setViewed(null)} />}
    </>
  );
}

function One({ item, onView }: { item: Attachment; onView: (item: Attachment) => void }) {
  if (isPicture(item)) return <Picture item={item} onView={onView} />;
  if (item.type.startsWith('audio/')) return <Sound item={item} />;
  if (item.type.startsWith('video/')) return <Film item={item} />;
  return <Download item={item} />;
}

/** A link all the same: to be opened beside the page, copied, saved. What cannot be drawn can be saved, in the same box. */
function Picture({ item, onView }: { item: Attachment; onView: (item: Attachment) => void }) {
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    if (!isBroken) return;
    const again = () => setBroken(false);
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, [isBroken]);
  if (isBroken)
    return (
      <div className="picture picture-broken">
        <Download item={item} />
      </div>
    );
  return (
    <a
      className="picture"
      href={item.url}
      target="_blank"
      rel="noopener noreferrer"
      title={item.name}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onView(item);
      }}
    >
      <img
        src={item.url}
        alt={item.name}
        loading="lazy"
        decoding="async"
        width={280}
        height={176}
        onError={() => setBroken(true)}
      />
    </a>
  );
}

function Sound({ item }: { item: Attachment }) {
  return (
    <div className="player">
      <div className="player-sound">
        <Player item={item} />
      </div>
      {!item.voice && <Download item={item} bare />}
    </div>
  );
}

function Film({ item }: { item: Attachment }) {
  return (
    <div className="player">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote one */}
      <video controls playsInline preload="metadata" width={280} height={176} src={item.url} aria-label={item.name} />
      <Download item={item} bare />
    </div>
  );
}

function Download({ item, bare }: { item: Attachment; bare?: boolean }) {
  return (
    <a className={bare ? 'file file-bare' : 'file'} href={item.url} download={item.name}>
      {!bare && <Icon name="file" />}
      <span className="file-name">{item.name}</span>
      <span className="file-size">{fileSize(item.size)}</span>
    </a>
  );
}
