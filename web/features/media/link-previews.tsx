'use client';
import { useEffect, useState } from 'react';
import { base } from '../../lib/api/client';
import type { LinkPreview, Message } from '../../lib/api/types';
import { useSettings } from '../../lib/settings';
import { useVersion } from '../../lib/sync/hooks';
import { safeHref } from '../../lib/text';
import { askPreviews, hasUnseenLinks } from './ask-previews';

/** What the links of a message lead to. While the server looks, their place is kept, so that nothing jumps. */
export function LinkPreviews({ message }: { message: Message }) {
  const { id, previews } = message;
  const wanted = useSettings().linkPreviews;
  const unseen = wanted && hasUnseenLinks(message);
  const answered = useVersion(`previews:${id}`) > 0;
  useEffect(() => {
    if (unseen) askPreviews(id);
  }, [unseen, id]);
  if (unseen && !answered) return <span className="link-card link-card-coming" aria-hidden="true" />;
  if (!wanted) return null;
  return previews?.map((preview) => <Card key={preview.url} id={id} preview={preview} />);
}

function Card({ id, preview: { url, title, text, site, picture } }: { id: string; preview: LinkPreview }) {
  const [broken, setBroken] = useState(false);
  const href = safeHref(url);
  if (!href) return null;
  const shown = picture && !broken ? `${base}/messages/${id}/images?url=${encodeURIComponent(picture)}` : undefined;
  const name = title || site || new URL(href).hostname;
  return (
    <a className="link-card" href={href} target="_blank" rel="noopener noreferrer nofollow" dir="auto">
      {shown && (
        <img
          className="link-card-picture"
          src={shown}
          alt=""
          width={80}
          height={80}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      )}
      <span className="link-card-words">
        <span className="link-card-site">{site || new URL(href).hostname}</span>
        <span className="link-card-title">{name}</span>
        {text && <span className="link-card-text">{text}</span>}
      </span>
    </a>
  );
}
