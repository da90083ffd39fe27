'use client';
import { useEffect, useState } from 'react';
import { fileSize } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Icon, type IconName } from '../../ui/icons';
import type { Upload } from '../media/files';
import type { Uploads } from './use-attachments';

/** What will go with the message, and how far it has come. */
export function AttachmentList({ uploads }: { uploads: Uploads }) {
  return (
    <>
      <ul className="uploads" aria-label={t('content.attachments')}>
        {uploads.items.map((item) => (
          <li key={item.key} className={`upload upload-${item.state.is}`}>
            <Thumbnail item={item} />
            <span className="upload-words">
              <span className="upload-name" title={item.name}>
                {item.voice ? t('content.voice-message') : item.name}
              </span>
              <span className="upload-state">
                <State item={item} />
              </span>
            </span>
            <Control item={item} uploads={uploads} />
            <button
              type="button"
              className="icon-button"
              aria-label={t('content.remove', { name: item.name })}
              onClick={() => uploads.remove(item.key)}
            >
              <Icon name="close" size={14} />
            </button>
            {'sent' in item.state && (
              <progress
                className="upload-bar"
                aria-label={t('content.progress', { name: item.name })}
                max={item.size || 1}
                value={item.state.sent}
              />
            )}
          </li>
        ))}
      </ul>
      <p className="uploads-awaited" role="status">
        {uploads.awaited && (
          <>
            {t('content.awaited')}{' '}
            <button type="button" className="link-button" onClick={() => uploads.await(false)}>
              {t('content.not-yet')}
            </button>
          </>
        )}
      </p>
    </>
  );
}

function State({ item: { state, size } }: { item: Upload }) {
  const values = 'sent' in state ? { sent: fileSize(state.sent), size: fileSize(size) } : { sent: '', size: '' };
  switch (state.is) {
    case 'sending':
      return t('content.sending', values);
    case 'paused':
      return t('content.paused', values);
    case 'waiting':
      return t('content.waiting');
    case 'failed':
      return state.why;
    case 'done':
      return fileSize(state.attachment.size);
  }
}

function Control({ item, uploads }: { item: Upload; uploads: Uploads }) {
  const { state, key, name } = item;
  if (state.is === 'done') return null;
  if (state.is === 'failed' && !item.file) return null;
  const going = state.is === 'sending' || state.is === 'waiting';
  const label = going
    ? t('content.pause', { name })
    : state.is === 'paused'
      ? t('content.resume', { name })
      : t('content.retry', { name });
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      onClick={() => (going ? uploads.pause(key) : uploads.resume(key))}
    >
      <Icon name={going ? 'pause' : state.is === 'paused' ? 'play' : 'retry'} size={14} />
    </button>
  );
}

const iconOf = ({ type, voice }: Upload): IconName =>
  voice || type.startsWith('audio/') ? 'microphone' : type.startsWith('image/') ? 'image' : 'file';

/** Types a browser draws. */
const drawn = /^image\/(png|jpeg|gif|webp|avif)$/;

function Thumbnail({ item }: { item: Upload }) {
  const { type, file, state } = item;
  const [own, setOwn] = useState('');
  useEffect(() => {
    if (!file || !drawn.test(type)) return;
    const url = URL.createObjectURL(file);
    setOwn(url);
    return () => URL.revokeObjectURL(url);
  }, [file, type]);
  const src = own || (state.is === 'done' && drawn.test(type) ? state.attachment.url : '');
  return (
    <span className="upload-picture">
      {src ? <img src={src} alt="" width={40} height={40} /> : <Icon name={iconOf(item)} />}
    </span>
  );
}
