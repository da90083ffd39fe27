import type { Attachment } from '../../lib/api/types';
import { fileSize } from '../../lib/format';
import { Icon } from '../../ui/icons';

/** Types the server serves to be drawn. */
const drawn = /^image\/(png|jpeg|gif|webp|avif)$/;

/** Images and players in a box whose size does not depend on them, everything else as a line to download. */
export function Attachments({ items }: { items: Attachment[] }) {
  if (items.length === 0) return null;
  return (
    <ul className="attachments" aria-label="Attachments">
      {items.map((item) => (
        <li key={item.id}>
          <One item={item} />
        </li>
      ))}
    </ul>
  );
}

function One({ item }: { item: Attachment }) {
  if (drawn.test(item.type)) return <Picture item={item} />;
  if (item.type.startsWith('audio/')) return <Sound item={item} />;
  if (item.type.startsWith('video/')) return <Film item={item} />;
  return <Download item={item} />;
}

function Picture({ item }: { item: Attachment }) {
  return (
    <a className="picture" href={item.url} target="_blank" rel="noopener noreferrer" title={item.name}>
      <img src={item.url} alt={item.name} loading="lazy" decoding="async" width={280} height={176} />
    </a>
  );
}

function Sound({ item }: { item: Attachment }) {
  return (
    <div className="player">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote one */}
      <audio controls preload="metadata" src={item.url} aria-label={item.name} />
      <Download item={item} bare />
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
