'use client';
import Lightbox from 'yet-another-react-lightbox';
import Counter from 'yet-another-react-lightbox/plugins/counter';
import Zoom from 'yet-another-react-lightbox/plugins/zoom';
import 'yet-another-react-lightbox/plugins/counter.css';
import 'yet-another-react-lightbox/styles.css';
import { useMemo, useState } from 'react';
import type { Attachment } from '../../lib/api/types';
import { fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon } from '../../ui/icons';
import { picturesWith, type Shown } from './pictures';

/** Looks at the pictures of a conversation, one after the other: to be zoomed into by wheel, keys, fingers and buttons. */
export function Viewer({ file, onClose }: { file: Attachment; onClose: () => void }) {
  const pictures = useMemo(() => picturesWith(file), [file]);
  const slides = useMemo(() => pictures.map((one) => ({ src: one.file.url, alt: one.file.name })), [pictures]);
  const start = pictures.findIndex((one) => one.file.id === file.id);
  const [index, setIndex] = useState(start);
  const shown = pictures[index];
  return (
    <Lightbox
      open
      close={onClose}
      index={start}
      slides={slides}
      plugins={[Zoom, Counter]}
      className="viewer"
      carousel={{ finite: true, preload: 1 }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      animation={{ fade: 0, swipe: 150, navigation: 110, zoom: 110 }}
      zoom={{ maxZoomPixelRatio: 4, scrollToZoom: true }}
      counter={{ container: { className: 'viewer-count' } }}
      on={{ view: ({ index: now }) => setIndex(now) }}
      toolbar={{ buttons: [shown && <Download key="download" picture={shown} />, 'close'] }}
      render={{
        iconPrev: () => <Icon name="back" size={24} />,
        iconNext: () => <Icon name="next" size={24} />,
        iconClose: () => <Icon name="close" size={20} />,
        iconZoomIn: () => <Icon name="zoomIn" size={20} />,
        iconZoomOut: () => <Icon name="zoomOut" size={20} />,
        ...(slides.length < 2 ? { buttonPrev: () => null, buttonNext: () => null } : {}),
        controls: () => shown && <Caption picture={shown} />,
      }}
      labels={{
        Lightbox: t('media.pictures'),
        'Photo gallery': t('media.pictures'),
        Carousel: t('media.carousel'),
        Slide: t('media.picture'),
        '{index} of {total}': t('media.of', { index: '{index}', total: '{total}' }),
        Previous: t('media.previous'),
        Next: t('media.next'),
        Close: t('common.close'),
        'Zoom in': t('media.zoom-in'),
        'Zoom out': t('media.zoom-out'),
      }}
    />
  );
}

function Download({ picture: { file } }: { picture: Shown }) {
  const label = t('media.download', { name: file.name });
  return (
    <a className="yarl__button" href={file.url} download={file.name} aria-label={label} title={label}>
      <Icon name="download" size={20} />
    </a>
  );
}

function Caption({ picture: { file, by, at } }: { picture: Shown }) {
  return (
    <p className="viewer-caption">
      <bdi>{file.name}</bdi>
      {(by || at) && <span>{[by, at && fullTime(at)].filter(Boolean).join(' · ')}</span>}
    </p>
  );
}
