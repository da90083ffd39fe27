import type { Attachment } from '../../lib/api/types';
import { fileSize } from '../../lib/format';
import { Icon } from '../../ui/icons';

/** Types the server serves to be drawn. */
const drawn = /^image\/(png|jpeg|gif|webp|avif)$/;

/** Images in a box whose size does not depend on them, everything else as a line to download. */
export function Attachments({ items }: { items: Attachment[] }) {
  if (items.length === 0) return null;
  return (
    <ul className="attachments" aria-label="Attachments">
      {items.map((item) => (
        <li key={item.id}>{drawn.test(item.type) ? <Picture item={item} /> : <Download item={item} />}</li>
      ))}
    </ul>
  );
}

function Picture({ item }: { item: Attachment }) {
  return (
    <a className="picture" href={item.url} target="_blank" rel="noopener noreferrer" title={item.name}>
      <img src={item.url} alt={item.name} loading="lazy" decoding="async" width={280} height={176} />
    </a>
  );
}

function Download({ item }: { item: Attachment }) {
  return (
    <a className="file" href={item.url} download={item.name}>
      <Icon name="file" />
      <span className="file-name">{item.name}</span>
      <span className="file-size">{fileSize(item.size)}</span>
    </a>
  );
}
