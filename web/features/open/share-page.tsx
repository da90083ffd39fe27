'use client';
import { useEffect, useMemo, useState } from 'react';
import { handOver } from '../../lib/handoff';
import { t } from '../../lib/i18n';
import { markOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { dropShared, getShared, type Shared } from '../../lib/shared';
import { useConversations } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { Page } from '../../ui/page';
import { Empty } from '../../ui/states';
import { matches } from '../buddies/matching';

const most = 30;

/** Asks whom something shared by another app is for; it goes into the composer, not out. */
export function SharePage() {
  const shared = useShared();
  const [query, setQuery] = useState('');
  const conversations = useConversations();
  const found = useMemo(
    () =>
      conversations
        .filter((one) => one.request === 'none' && matches(query, one.name))
        .sort((a, b) => (a.lastActiveAt < b.lastActiveAt ? 1 : -1))
        .slice(0, most),
    [conversations, query],
  );
  if (shared === undefined) return <Page title={t('app.share-title')}>{null}</Page>;
  if (shared === null) {
    return (
      <Page title={t('app.share-title')}>
        <Empty title={t('app.share-nothing')} />
      </Page>
    );
  }
  const give = async (id: string) => {
    handOver(id, shared);
    await dropShared().catch(() => {});
    go(link.conversation(id));
  };
  return (
    <Page title={t('app.share-title')}>
      <Given shared={shared} />
      <input
        className="input"
        type="search"
        aria-label={t('app.share-find')}
        placeholder={t('app.share-find')}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul className="share-places" aria-label={t('app.share-places')}>
        {found.map((one) => (
          <li key={one.id}>
            <button type="button" className="pick" onClick={() => void give(one.id)}>
              <Avatar name={one.name} seed={one.contactId ?? one.id} size={32} mark={markOf(one)} />
              <span>{one.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <Empty title={t('app.share-nobody')} />}
    </Page>
  );
}

function Given({ shared: { text, files } }: { shared: Shared }) {
  return (
    <div className="share-given">
      {text && <p className="share-text">{text}</p>}
      {files.map((file) => (
        <p key={file.name} className="share-file">
          <Icon name="attach" /> {file.name}
        </p>
      ))}
    </div>
  );
}

/** undefined: not looked yet; null: nothing there. */
function useShared(): Shared | null | undefined {
  const [shared, setShared] = useState<Shared | null>();
  useEffect(() => {
    getShared().then(
      (found) => setShared(found ?? null),
      () => setShared(null),
    );
  }, []);
  return shared;
}
